"""Groups of equal keys, batches under a token budget, and their halves where memory runs out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from models.errors import EngineError

Result = TypeVar("Result")
# A language, a direction, or a language with a number of beams.
Key = TypeVar("Key", str, tuple[str, str], tuple[str, int])

_OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory", "alloc_failed")


def grouped(keys: Iterable[Key]) -> list[tuple[Key, list[int]]]:
    """Return the distinct keys, sorted, each with the places at which it stands."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return sorted(places.items())


def batches(
    lengths: Sequence[int], *, max_batch_tokens: int, max_batch_size: int
) -> Iterator[list[int]]:
    """Yield every index into `lengths` once, in batches of like length, the longest first.

    A batch costs its size times its longest length, in tokens, padding included. Only an
    item that is too long by itself makes a batch (of one) above `max_batch_tokens`. The
    longest come first so that a lack of memory shows at once.
    Raises ValueError when a limit is not above 0.
    """
    if max_batch_tokens < 1 or max_batch_size < 1:
        raise ValueError(
            f"limits must be above 0: {max_batch_tokens=}, {max_batch_size=}",
        )
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        longest = lengths[batch[0]] if batch else 0
        if batch and (
            len(batch) == max_batch_size or (len(batch) + 1) * longest > max_batch_tokens
        ):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def with_back_off(
    indices: Sequence[int], run: Callable[[list[int]], Result]
) -> Iterator[tuple[list[int], Result]]:
    """Run a batch and yield `(indices, result)`; where memory runs out, run its halves instead.

    The parts come in the order of `indices`. Raises EngineError when one item alone is too much.
    Errors that are not about memory pass through.
    """
    waiting = [list(indices)] if indices else []
    while waiting:
        part = waiting.pop()
        try:
            result = run(part)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if len(part) == 1:
                raise too_large(error) from error
        else:
            yield part, result
            continue
        # Only out here is the error gone, and with it the tensors in the frames of its traceback.
        release_memory()
        middle = (len(part) + 1) // 2
        waiting += [part[middle:], part[:middle]]


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out: on the CPU it has no type of its own."""
    torch = sys.modules.get("torch")  # whoever raised its error has imported it
    if isinstance(error, MemoryError) or (torch and isinstance(error, torch.OutOfMemoryError)):
        return True
    message = str(error).lower()
    return any(words in message for words in _OUT_OF_MEMORY)


def too_large(error: BaseException) -> EngineError:
    """Return the error of a text that has not enough memory although it is alone."""
    return EngineError(
        f"out of memory, even with one text alone: {_first_line(error)}",
        hint="close other programs, run on another device, or take a smaller model",
    )


def release_memory() -> None:
    """Give back memory of a device that torch holds and does not use."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
