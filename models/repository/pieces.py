"""A vocabulary of pieces with their log-probabilities, written as SentencePiece's unigram model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILE = "sentencepiece.model"
CONTROL = ("<s>", "<pad>", "</s>", "<mask>")
UNKNOWN = "<unk>"


def write_pieces(path: Path, pieces: Sequence[tuple[str, float]], *, rules: bytes) -> None:
    """Write pieces with their log-probabilities, in the order of their ids, as SentencePiece does.

    `rules` are its compiled rules of normalisation.
    """
    from sentencepiece import sentencepiece_model_pb2

    proto: Any = sentencepiece_model_pb2
    kinds = proto.ModelProto.SentencePiece
    model = proto.ModelProto()
    names = [piece for piece, _ in pieces]
    model.trainer_spec.model_type = proto.TrainerSpec.UNIGRAM
    model.trainer_spec.vocab_size = len(pieces)
    begin, pad, end, _ = (names.index(token) for token in CONTROL)
    model.trainer_spec.bos_id, model.trainer_spec.pad_id = begin, pad
    model.trainer_spec.eos_id, model.trainer_spec.unk_id = end, names.index(UNKNOWN)
    model.normalizer_spec.precompiled_charsmap = rules
    for piece, score in pieces:
        kind = kinds.CONTROL if piece in CONTROL else kinds.NORMAL
        kind = kinds.UNKNOWN if piece == UNKNOWN else kind
        model.pieces.add(piece=piece, score=score, type=kind)
    path.write_bytes(model.SerializeToString())
