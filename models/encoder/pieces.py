"""A vocabulary of SentencePiece's unigram model, read by SentencePiece itself.

`tokenizers` keeps the 250,000 pieces of XLM-RoBERTa in 260 MB, SentencePiece in 55, and cuts texts
into the same pieces (scripts/bench/LOG.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.repository.pieces import CONTROL

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor


class PieceTokenizer:
    """Texts to token ids, as XLM-RoBERTa's tokenizer makes them.

    No control token is live in a text: what spells one out is cut like any other word.
    """

    def __init__(self, pieces: SentencePieceProcessor) -> None:
        self._pieces = pieces
        begin, self.pad_token_id, end, mask = map(pieces.piece_to_id, CONTROL)
        self._around = [begin], [end]
        self.all_special_ids = [begin, end, pieces.unk_id(), self.pad_token_id, mask]

    def __call__(
        self,
        text: str | Sequence[str],
        *,
        add_special_tokens: bool = True,
        split_special_tokens: bool = True,
        verbose: bool = True,
    ) -> dict[str, Any]:
        """Return `input_ids` of a text, or of each of several.

        The last two arguments are there for callers who may have a tokenizer of transformers, too.
        """
        texts = [text] if isinstance(text, str) else list(text)
        # The rule of XLM-RoBERTa is older than that of SentencePiece: the joiner is a blank.
        rows = self._pieces.encode([one.replace("\u200d", " ") for one in texts])
        if add_special_tokens:
            begin, end = self._around
            rows = [[*begin, *ids, *end] for ids in rows]
        return {"input_ids": rows[0] if isinstance(text, str) else rows}

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        """Return tokens by their ids, as the vocabulary spells them."""
        return [self._pieces.id_to_piece(id_) for id_ in ids]


def load_pieces(path: Path) -> PieceTokenizer:
    """Return the tokenizer whose vocabulary is in a file of SentencePiece.

    Raises OSError or RuntimeError for a file that is missing or damaged.
    """
    from sentencepiece import SentencePieceProcessor

    return PieceTokenizer(SentencePieceProcessor(model_file=str(path)))
