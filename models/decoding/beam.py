"""Beam search for decoder-only models, in the batches of the decoding loop.

What it finds is what transformers finds with `generate(num_beams=n)` and its usual settings
(scores divided by length; a text is done when none of its running beams, as it stands, scores
better than the worst of n finished ones). What differs is the work: every prompt is prefilled
once and not n times, a text that is done leaves the batch at once, and others take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.decoding.batch import (
    REFILL_SHARE,
    Batch,
    Continuation,
    Prompt,
    Row,
    shared_prefix,
    without_gaps,
)
from models.decoding.lm_head import LMHead
from models.decoding.repetition import LOOP_CHECK_EVERY, repetition_start
from models.engine import Finish

if TYPE_CHECKING:
    import torch

# Beam `parent` of a text, continued with `token`; the score is the sum of log-probabilities.
Candidate = tuple[float, int, int]


@dataclass(slots=True)
class _Search:
    """One text: its running beams, best first, and the best hypotheses that have ended."""

    row: Row
    num_beams: int
    length_penalty: float
    beams: list[Row] = field(default_factory=list)
    scores: list[float] = field(default_factory=lambda: [0.0])
    ended: list[tuple[float, tuple[int, ...], Finish]] = field(default_factory=list)
    done: bool = False

    def advance(self, candidates: Sequence[Candidate]) -> list[int]:
        """Take one step: candidates come best first; return the parents of the new beams."""
        texts = [beam.ids for beam in self.beams] or [[]]
        length = len(texts[0]) + 1
        last = length >= self.row.prompt.max_new_tokens
        running: list[Candidate] = []
        for rank, (score, parent, token) in enumerate(candidates):
            stops = token in self.row.prompt.stop_ids
            if not stops and not last:
                running.append((score, parent, token))
            elif rank < self.num_beams:  # what ends further back is not worth keeping
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
        if len(self.ended) == self.num_beams:
            standing: float = self.scores[0] / length**self.length_penalty
            return standing <= self.ended[-1][0]
        return length % LOOP_CHECK_EVERY == 0 and repetition_start(self.beams[0].ids) is not None

    def _beam(self, ids: list[int]) -> Row:
        row = Row(self.row.index, self.row.prompt)
        row.ids = ids
        return row


class BeamDecoder:
    """Beam search over many prompts by one transformers decoder-only model.

    `allowed` restricts the output vocabulary, see `models.decoding.lm_head.LMHead`.
    `max_batch_size` counts beams, `max_batch_tokens` beams x (prompt + reply).
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
    ) -> None:
        if num_beams < 2:
            raise ValueError(f"{num_beams=}: one beam is greedy search, see decoding.greedy")
        self._backbone = model.get_decoder()
        self._head = LMHead(model, allowed=allowed)
        self._num_beams = num_beams
        self._length_penalty = length_penalty
        self._pad_id = pad_id
        self._max_batch_tokens = max_batch_tokens
        self._max_searches = max(1, max_batch_size // num_beams)

    def run(self, prompts: Sequence[Prompt]) -> Iterator[tuple[int, Continuation]]:
        """Yield `(index, continuation)` once for every prompt, as soon as it is finished."""
        import torch

        waiting = [Row(i, p) for i, p in enumerate(prompts)]
        waiting.sort(key=lambda row: (row.prompt.max_new_tokens, len(row.prompt.ids)))
        batch = Batch(self._backbone, pad_id=self._pad_id, shared=shared_prefix(prompts))
        searches: list[_Search] = []
        while waiting or searches:
            done: list[_Search] = []
            with torch.inference_mode():
                # 1. refill the free places; the first tokens of a text are those of one row
                if joining := self._take(waiting, searches):
                    joined, hidden = batch.join(joining)
                    new = [_Search(r, self._num_beams, self._length_penalty) for r in joined]
                    running = self._advance(batch, new, hidden, kept=searches, width=1)
                    done += [search for search in new if search.done]
                    searches += running
                # 2. one step for all
                if searches:
                    running = self._advance(
                        batch, searches, batch.step(), kept=(), width=self._num_beams
                    )
                    done += [search for search in searches if search.done]
                    searches = running
            # 3. hand out what is done; it has left the cache
            for search in done:
                yield search.row.index, search.best()

    def _take(self, waiting: list[Row], searches: Sequence[_Search]) -> list[Row]:
        """Take the texts that fit beside those being decoded off the end of `waiting`."""
        if searches and len(searches) > REFILL_SHARE * self._max_searches:
            return []
        taken: list[Row] = []
        width = max((search.row.width for search in searches), default=0)
        while waiting and (count := len(searches) + len(taken) + 1) <= self._max_searches:
            width = max(width, waiting[-1].width)
            if count > 1 and width * count * self._num_beams > self._max_batch_tokens:
                break
            taken.append(waiting.pop())
        return taken

    def _advance(
        self,
        batch: Batch,
        searches: Sequence[_Search],
        hidden: torch.Tensor,
        *,
        kept: Sequence[_Search],
        width: int,
    ) -> list[_Search]:
        """Choose the next tokens of `searches`, whose rows stand under those of `kept`.

        `hidden` is (searches x width, size), `width` being the rows that each of them has now.
        Returns those that go on, in the order in which they stand now.
        """
        first = len(kept) * self._num_beams
        places, rows = list(range(first)), [beam for search in kept for beam in search.beams]
        parents = [
            search.advance(candidates)
            for search, candidates in zip(
                searches, self._candidates(searches, hidden, width=width), strict=True
            )
        ]
        order = without_gaps([not search.done for search in searches])
        for number in order:
            places += [first + number * width + parent for parent in parents[number]]
            rows += searches[number].beams
        batch.select(places, rows)
        return [searches[number] for number in order]

    def _candidates(
        self, searches: Sequence[_Search], hidden: torch.Tensor, *, width: int
    ) -> Iterator[list[Candidate]]:
        """Yield the best continuations of each search, best first: twice as many as beams."""
        import torch

        logits = self._head.logits(hidden).float()
        chances = logits.log_softmax(dim=-1)
        if width == 1:  # an empty reply is never what was asked for
            for position, search in enumerate(searches):
                chances[position, self._head.columns(search.row.prompt.stop_ids)] = float("-inf")
        scores = [score for search in searches for score in search.scores]
        chances += torch.tensor(scores, device=chances.device)[:, None]
        columns = chances.shape[1]
        values, flat = chances.view(len(searches), -1).topk(2 * self._num_beams)
        tokens = self._head.tokens(flat % columns)
        parents = flat // columns
        for found in zip(values.tolist(), parents.tolist(), tokens.tolist(), strict=True):
            yield list(zip(*found, strict=True))
