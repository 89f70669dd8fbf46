"""From a checkpoint to the file that ships: int8 factors, the output rows, what it is.

    python scripts/train/export.py --run FOLDER --base FOLDER --out FILE.safetensors

Prints the sha256 that models/repository/registry.py pins.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.repository.manifest import sha256_of


def quantised(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a matrix in int8 and the scale of each row, symmetric about zero."""
    scale = matrix.abs().amax(dim=1).clamp(min=1e-12) / 127
    return (matrix / scale[:, None]).round().to(torch.int8), scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(options.base)
    # A translation is one line: what holds a line feed is not even there to be written.
    breaks = {i for i in range(len(tokenizer)) if {"\n", "\r"} & set(tokenizer.decode([i]))}
    tensors = {
        f"rows.{language}": torch.tensor(sorted(set(rows) - breaks), dtype=torch.int32)
        for language, rows in json.loads((options.run / "output_rows.json").read_text()).items()
    }
    worst = 0.0
    with safe_open(options.run / "checkpoint.safetensors", framework="pt") as file:
        about = json.loads(file.metadata()["about"])
        for name in sorted(file.keys()):
            if name.endswith((".a", ".b")):
                matrix = file.get_tensor(name)
                tensors[name], tensors[f"{name}.scale"] = quantised(matrix)
                back = tensors[name].float() * tensors[f"{name}.scale"][:, None]
                if float(matrix.norm()):
                    worst = max(worst, float((back - matrix).norm() / matrix.norm()))
    adapter = {
        "scale": about["alpha"] / about["rank"],
        "base_sha256": json.loads((options.base / "nightdesk.json").read_text())["source_sha256"],
        **{key: about[key] for key in ("step", "pairs", "tokens", "rank")},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, options.out, metadata={"adapter": json.dumps(adapter)})
    print(f"{options.out}: {options.out.stat().st_size:,} bytes, {adapter}")
    print(f"largest relative error of a rounded factor: {worst:.4f}")
    print(f"sha256 {sha256_of(options.out)}")


if __name__ == "__main__":
    main()
