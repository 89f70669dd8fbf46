"""The stage that settles how names are spelt, when the whole run is translated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.document import Document
from pipeline.stage import StageKind


class Spell:
    """Puts translations together again with the spellings that the whole run has voted for.

    The translate stage lets only the documents of one window vote, so that a document can be
    finished, and written, before the last one is begun. The votes of a window may differ from those
    of the run: in a run of several windows some documents leave this stage with other spellings,
    and without their summary, which is to be written again. Thus no result depends on how windows
    were cut.

    `settled` takes all documents, with their drafts, and returns them spelt for good.
    """

    name = "spell"
    kind: StageKind = "barrier"

    def __init__(self, settled: Callable[[Sequence[Document]], list[Document]]) -> None:
        self._settled = settled

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document without its drafts; where a name changed, without its summary."""
        return self._settled(documents)
