"""Which documents a process has in hand, written down: a process that died names them by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.cluster.codec import decoded, encoded
from pipeline.cluster.storage import Storage

MOST_DEATHS = 2


@dataclass(slots=True)
class _Record:
    session: str
    hand: list[str] = field(default_factory=list)
    suspects: list[str] = field(default_factory=list)
    deaths: dict[str, int] = field(default_factory=dict)


class Hands:
    """The documents of one partition at one step that some process works on.

    1. `take` writes down what is in hand before the work, `lay_down` that nothing is any more.
    2. Making one finds out whether the process before died: then something is still in hand.
    3. What several documents were in hand is suspect: from now on each is worked on alone.
    4. A document that was alone in hand is counted. `MOST_DEATHS` of them condemn the document.

    Work that another `session` had in hand says nothing: its processes were ended with it.
    """

    def __init__(self, storage: Storage, name: str, *, session: str) -> None:
        self._storage = storage
        self._name = name
        self.died: tuple[str, ...] = ()
        self._record = _Record(session)
        if not storage.has(name):
            return
        before: _Record = decoded(storage.read(name), _Record)
        self._record.suspects, self._record.deaths = before.suspects, before.deaths
        if before.session != session or not before.hand:
            return
        self.died = tuple(before.hand)
        if len(before.hand) == 1:
            (alone,) = before.hand
            self._record.deaths[alone] = self._record.deaths.get(alone, 0) + 1
        self._record.suspects = sorted({*self._record.suspects, *before.hand})
        self._write()

    def take(self, names: Sequence[str]) -> None:
        """Write down that these documents are worked on."""
        self._record.hand = list(names)
        self._write()

    def lay_down(self) -> None:
        """Write down that nothing is worked on."""
        if self._record.suspects:
            self.take(())
        else:
            self._storage.remove(self._name)

    def suspect(self, name: str) -> bool:
        """Tell whether a document is to be worked on alone."""
        return name in self._record.suspects

    def condemned(self, name: str) -> bool:
        """Tell whether a document has ended too many processes to be worked on again."""
        return self._record.deaths.get(name, 0) >= MOST_DEATHS

    def _write(self) -> None:
        self._storage.write(self._name, encoded(self._record, _Record))
