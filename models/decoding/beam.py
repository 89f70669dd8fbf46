"""Beam search for decoder-only models, in the batches of the decoding loop.

The result is that of transformers' `generate(num_beams=n)` with its usual settings: scores are
divided by length, and a text is done when none of its running beams, as it stands, scores better
than the worst of n finished ones. The work differs: every prompt is prefilled once and not n times,
a text that is done leaves the batch at once, and others take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.decoding.batch import Batch, BatchRow, Continuation, Prompt, new_batch, without_gaps
from models.decoding.lm_head import LMHead
from models.decoding.loop import Capacity, Done, run_search
from models.decoding.repetition import LOOP_CHECK_EVERY, repetition_start
from models.engine import Finish
from models.runtime.awake import wake

if TYPE_CHECKING:
    import torch

# Beam `parent` of a text, continued with `token`; the score is the sum of log-probabilities.
Candidate = tuple[float, int, int]


@dataclass(slots=True)
class _Text:
    """One text: its running beams, best first, and the best hypotheses that have ended."""

    row: BatchRow
    num_beams: int
    length_penalty: float
    beams: list[BatchRow] = field(default_factory=list)
    scores: list[float] = field(default_factory=lambda: [0.0])
    ended: list[tuple[float, tuple[int, ...], Finish]] = field(default_factory=list)
    done: bool = False

    def advance(self, candidates: Sequence[Candidate]) -> list[int]:
        """Take one step with `candidates`, the best first; return the parents of the new beams.

        1. A candidate that stops, or fills the cap, is finished; any other one can run on. Of the
           finished ones only those among the first `num_beams` candidates are kept.
        2. The best `num_beams` of all finished ones stay.
        3. The best `num_beams` of the others are the new beams.
        """
        texts = [beam.ids for beam in self.beams] or [[]]
        length = len(texts[0]) + 1
        last = length >= self.row.prompt.max_new_tokens
        running: list[Candidate] = []
        for rank, (score, parent, token) in enumerate(candidates):
            stops = token in self.row.prompt.stop_ids
            if not stops and not last:
                running.append((score, parent, token))
            elif rank < self.num_beams:
                ids = tuple(texts[parent]) if stops else (*texts[parent], token)
                finish: Finish = "stop" if stops else "length"
                self.ended.append((score / length**self.length_penalty, ids, finish))
        self.ended.sort(key=lambda hypothesis: -hypothesis[0])
        del self.ended[self.num_beams :]
        running = running[: self.num_beams]
        self.beams = [self._beam([*texts[parent], token]) for _, parent, token in running]
        self.scores = [score for score, _, _ in running]
        self.done = not running or self._settled(length)
        return [parent for _, parent, _ in running]

    def best(self) -> Continuation:
        """Return the hypothesis with the best score; a loop only where nothing else ended."""
        if self.ended:
            _, ids, finish = self.ended[0]
            others = tuple(other for _, other, end in self.ended[1:] if end == "stop")
            return Continuation(ids, finish, others)
        ids = tuple(self.beams[0].ids)
        return Continuation(ids[: repetition_start(ids)], "loop")

    def _settled(self, length: int) -> bool:
        """Tell whether no running beam can win, or the best of them repeats itself."""
        if len(self.ended) == self.num_beams:
            standing: float = self.scores[0] / length**self.length_penalty
            return standing <= self.ended[-1][0]
        return length % LOOP_CHECK_EVERY == 0 and repetition_start(self.beams[0].ids) is not None

    def _beam(self, ids: list[int]) -> BatchRow:
        row = BatchRow(self.row.index, self.row.prompt)
        row.ids = ids
        return row


class BeamDecoder:
    """Beam search over many prompts by one decoder-only model.

    `allowed` restricts the output vocabulary, see `models.decoding.lm_head.LMHead`.
    `max_batch_size` counts beams, `max_batch_tokens` their tokens (`Capacity`). With `alone` every
    prompt is read and continued by itself, whatever the others are.
    """

    def __init__(
        self,
        model: Any,
        *,
        num_beams: int,
        pad_id: int,
        max_batch_tokens: int,
        max_batch_size: int,
        allowed: torch.Tensor | None = None,
        length_penalty: float = 1.0,
        alone: bool = False,
    ) -> None:
        if num_beams < 2:
            raise ValueError(f"{num_beams=}: one beam is greedy search, see decoding.greedy")
        self._backbone = model.get_decoder()
        self._head = LMHead(model, allowed=allowed)
        self._num_beams = num_beams
        self._length_penalty = length_penalty
        self._pad_id = pad_id
        self._alone = alone
        texts = 1 if alone else max(1, max_batch_size // num_beams)
        self._capacity = Capacity(
            texts, max_batch_tokens, rows_per_text=num_beams, padded=not self._backbone.paged
        )

    def run(self, prompts: Sequence[Prompt]) -> Iterator[tuple[int, Continuation]]:
        """Yield `(index, continuation)` once for every prompt, as soon as it is finished."""
        wake(self._backbone, self._head)
        batch = new_batch(self._backbone, prompts, pad_id=self._pad_id, alone=self._alone)
        search = _BeamSearch(
            batch, self._head, num_beams=self._num_beams, length_penalty=self._length_penalty
        )
        return run_search(search, prompts, batch=batch, capacity=self._capacity)


class _BeamSearch:
    """Beam search over the texts of one batch. Implements `loop.Search`.

    The rows of the batch are the beams of the first text, then those of the second, and so on:
    `num_beams` rows for each text, the best beam first.
    """

    def __init__(
        self, batch: Batch, head: LMHead, *, num_beams: int, length_penalty: float
    ) -> None:
        self._batch = batch
        self._head = head
        self._num_beams = num_beams
        self._length_penalty = length_penalty
        self._running: list[_Text] = []

    @property
    def texts(self) -> Sequence[BatchRow]:
        """The row that each running text joined with."""
        return [text.row for text in self._running]

    def start(self, rows: Sequence[BatchRow], hidden: torch.Tensor) -> Done:
        """Choose the first tokens of new texts, each of which has one row so far."""
        new = [_Text(row, self._num_beams, self._length_penalty) for row in rows]
        self._running += self._advance(new, hidden, kept=self._running, width=1)
        return _done(new)

    def advance(self) -> Done:
        """Choose the next tokens of all texts; those that are done leave the batch."""
        if not self._running:
            return []
        texts = self._running
        self._running = self._advance(texts, self._batch.step(), kept=(), width=self._num_beams)
        return _done(texts)

    def drop(self) -> None:
        """Let all texts leave, unfinished."""
        self._running = []
        self._batch.clear()

    def _advance(
        self,
        texts: Sequence[_Text],
        hidden: torch.Tensor,
        *,
        kept: Sequence[_Text],
        width: int,
    ) -> list[_Text]:
        """Choose the next tokens of `texts`, whose rows stand behind those of `kept`.

        `hidden` is (texts x width, size), where `width` is the number of rows that each text has.
        Returns the texts that go on, in the order of their rows.
        """
        # 1. Each text chooses the parents of its new beams.
        parents = [
            text.advance(candidates)
            for text, candidates in zip(
                texts, self._candidates(texts, hidden, width=width), strict=True
            )
        ]
        # 2. The texts that are done leave gaps, which the last of the others fill.
        order = without_gaps([not text.done for text in texts])
        # 3. The batch copies the rows of the parents to the places of the new beams.
        first = len(kept) * self._num_beams
        places, rows = list(range(first)), [beam for text in kept for beam in text.beams]
        for number in order:
            places += [first + number * width + parent for parent in parents[number]]
            rows += texts[number].beams
        self._batch.select(places, rows)
        return [texts[number] for number in order]

    def _candidates(
        self, texts: Sequence[_Text], hidden: torch.Tensor, *, width: int
    ) -> Iterator[list[Candidate]]:
        """Yield the best continuations of each text, best first.

        They are so many that `num_beams` of them go on, even where every beam may end with each
        of its stop tokens.
        """
        import torch

        logits = self._head.logits(hidden).float()
        chances = logits.log_softmax(dim=-1)
        if width == 1:  # no reply may be empty
            for position, text in enumerate(texts):
                chances[position, self._head.columns(text.row.prompt.stop_ids)] = float("-inf")
        scores = [score for text in texts for score in text.scores]
        chances += torch.tensor(scores, device=chances.device)[:, None]
        columns = chances.shape[1]
        stops = max(len(text.row.prompt.stop_ids) for text in texts)
        count = min(max(2, 1 + stops) * self._num_beams, width * columns)
        values, flat = chances.view(len(texts), -1).topk(count)
        tokens = self._head.tokens(flat % columns)
        parents = flat // columns
        for found in zip(values.tolist(), parents.tolist(), tokens.tolist(), strict=True):
            yield list(zip(*found, strict=True))


def _done(texts: Sequence[_Text]) -> Done:
    return [(text.row.index, text.best()) for text in texts if text.done]
