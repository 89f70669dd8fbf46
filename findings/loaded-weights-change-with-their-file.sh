#!/usr/bin/env bash
# Tensors that safetensors.torch.load_file returned change when the file is written to.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'torch==2.13.0' 'safetensors==0.8.0' 'numpy==2.4.6' 'packaging==26.3'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

import safetensors.numpy
import safetensors.torch
import torch

safetensors.torch.save_file({"weight": torch.zeros(4)}, "weights.safetensors")
by_torch = safetensors.torch.load_file("weights.safetensors")["weight"]
by_numpy = safetensors.numpy.load_file("weights.safetensors")["weight"]
before = by_torch.tolist()
with open("weights.safetensors", "r+b") as file:  # another training step, say: the same size
    file.seek(-16, 2)
    file.write(torch.ones(4).numpy().tobytes())

print(f"safetensors {importlib.metadata.version('safetensors')}, torch {torch.__version__}")
print("A file of weights is loaded, and its last tensor then overwritten in place. One would")
print("swear that what was loaded stays: a dictionary of ordinary tensors is what came back.")
print(f"  safetensors.torch.load_file, before   {before}")
print(f"  the same tensor, after                {by_torch.tolist()}")
print(f"  safetensors.numpy.load_file, after    {by_numpy.tolist()}")
print("On a CPU the torch tensors are the file, mapped into memory; the NumPy arrays are copies.")
print("Whoever writes weights must write beside and rename, and never into the file.")
sys.exit(not (before == [0.0] * 4 and by_torch.tolist() == [1.0] * 4 and not by_numpy.any()))
PYTHON
