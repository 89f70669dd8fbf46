#!/usr/bin/env bash
# A row of a dynamically quantised layer depends on the rows that are computed beside it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import sys
import warnings

import torch

warnings.simplefilter("ignore")
torch.manual_seed(0)
if "fbgemm" not in torch.backends.quantized.supported_engines:
    sys.exit("this build of torch has no FBGEMM: nothing to show")
torch.backends.quantized.engine = "fbgemm"
layer = torch.nn.Linear(64, 64)
quantised = torch.ao.quantization.quantize_dynamic(
    torch.nn.Sequential(layer), {torch.nn.Linear}, dtype=torch.qint8
)
row, loud = torch.randn(1, 64), 50 * torch.randn(1, 64)
with torch.inference_mode():
    exact = layer(row)
    alone = quantised(row)
    beside = quantised(torch.cat([row, loud]))[:1]
error_alone, error_beside = ((found - exact).abs().max().item() for found in (alone, beside))

print(f"torch {torch.__version__}")
print("A linear layer treats each row of a batch by itself; one would swear that its quantised")
print("form does, too: a text is translated alike whatever stands beside it in the batch.")
print(f"  largest error of a row alone                     {error_alone:.4f}")
print(f"  of the same row, beside one that is 50 times as large   {error_beside:.4f}")
print("quantize_dynamic takes one scale for all activations of a batch. The largest row sets it,")
print("and what is left of a small row are a few steps of that scale.")
sys.exit(not (error_beside > 10 * error_alone))
PYTHON
