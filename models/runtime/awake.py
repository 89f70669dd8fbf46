"""One model in memory at a time: when another one begins to work, the weights of the last one rest.

Weights that are mapped from files can be dropped at any moment, and come back as they are read: a
billion of them in a tenth of a second. A model that works several times in a row keeps them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol
from weakref import ref

from models.runtime.mapped import release_freed
from models.runtime.prepacked import rest

if TYPE_CHECKING:
    import torch


class Rests(Protocol):
    """Something with weights of its own that a model needs."""

    def rest(self) -> None:
        """Release the pages of the weights that are mapped from files."""


class _Awake:
    """The network that worked last, and the output matrix that it worked with."""

    def __init__(self) -> None:
        self._network: ref[Any] | None = None
        self._head: ref[Rests] | None = None

    def wake(self, network: Any, head: Rests | None) -> None:
        """See `wake`."""
        last, lasts_head = self._last()
        if last is not None and not _shares(last, network):
            self.rest()
        elif lasts_head is not None and lasts_head is not head:
            lasts_head.rest()
        self._network, self._head = ref(network), None if head is None else ref(head)

    def rest(self) -> None:
        """See `rest_all`."""
        last, head = self._last()
        if last is not None:
            rest(last)
        if head is not None:
            head.rest()
        self._network = self._head = None
        release_freed()

    def _last(self) -> tuple[Any, Rests | None]:
        """Return network and output matrix, each None where it is gone."""
        network = None if self._network is None else self._network()
        return network, None if self._head is None else self._head()


_awake = _Awake()


def wake(network: Any, head: Rests | None = None) -> None:
    """Let the network that worked last rest, unless it has the same weights, and its output matrix.

    This one works now, without an output matrix where it has no `head`.
    """
    _awake.wake(network, head)


def rest_all() -> None:
    """Let the network that worked last rest: another one is about to be loaded."""
    _awake.rest()


def _shares(one: Any, other: Any) -> bool:
    """Tell whether two networks share their weights, as with two adapters on one base."""
    return one is other or _first(one) == _first(other)


def _first(network: Any) -> int | None:
    """Return where the first parameter lies."""
    with suppress(StopIteration):
        parameter: torch.Tensor = next(network.parameters())
        return parameter.data_ptr()
    return None
