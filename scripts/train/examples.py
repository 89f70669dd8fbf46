"""What the model sees: an endless, repeatable stream of batches made from the filtered pairs.

Domains are mixed by weight, not by size; neighbouring news sentences are sometimes joined into a
paragraph; some sources are damaged as wires are; in some the names stand already as English has
them, which is how the product tells what it knows; a few examples teach copying. Everything follows
from the seed and the number of the chunk, so a run that is resumed sees what it would have seen.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import Pair

from models.student import prompt_text
from pipeline.stages.naming.mentions import Rendering, mentions_in

Mix = Mapping[tuple[str, str], float]  # the weight of a language's domain

# Share of the examples, not of the tokens. News is what will be translated; Ukrainian has little
# of it, so all that there is is shown often, and Russian news turned into Ukrainian fills up.
SHORT_MIX: Mix = {  # for runs that see each pair about once
    ("ru", "news"): 30, ("ru", "wmt22"): 5, ("ru", "tico19"): 2, ("ru", "tatoeba"): 2,
    ("ru", "debian-news"): 1, ("ru", "debian-other"): 1,
    ("fr", "news"): 30, ("fr", "debian-news"): 2, ("fr", "tico19"): 2, ("fr", "tatoeba"): 1,
    ("fr", "captions"): 1, ("fr", "debian-other"): 1,
    ("uk", "wmt22"): 13, ("uk", "news-by-rule"): 13, ("uk", "tatoeba"): 5, ("uk", "python-docs"): 1,
    ("uk", "debian-other"): 1, ("uk", "debian-news"): 1,
}  # fmt: skip
LONG_MIX: Mix = {  # for runs that see more than there is: small domains would be learnt by heart
    ("ru", "news"): 26, ("ru", "wmt22"): 2, ("ru", "tico19"): 2, ("ru", "tatoeba"): 4,
    ("ru", "debian-news"): 2, ("ru", "debian-other"): 2,
    ("fr", "news"): 22, ("fr", "debian-news"): 8, ("fr", "tico19"): 2, ("fr", "tatoeba"): 3,
    ("fr", "captions"): 2, ("fr", "debian-other"): 2,
    ("uk", "wmt22"): 5, ("uk", "news-by-rule"): 8, ("uk", "tatoeba"): 7, ("uk", "python-docs"): 2,
    ("uk", "debian-other"): 0.4, ("uk", "debian-news"): 0.2,
}  # fmt: skip
# With what collect.py and short_pairs.py found. Ukrainian has the largest share, for it has most to
# learn; of the strings of programs there are enough to be drowned in.
WIDE_MIX: Mix = {
    ("uk", "news-by-rule"): 8, ("uk", "wmt22"): 4, ("uk", "tatoeba"): 3,
    ("uk", "python-docs"): 0.5, ("uk", "debian-other"): 0.2, ("uk", "debian-news"): 0.2,
    ("uk", "stories/near"): 5, ("uk", "stories"): 3, ("uk", "prose/near"): 4, ("uk", "prose"): 2,
    ("uk", "books/near"): 6, ("uk", "books"): 3,
    ("uk", "interface/near"): 4, ("uk", "interface"): 2,
    ("ru", "news"): 16, ("ru", "rated"): 3, ("ru", "wmt22"): 1.5, ("ru", "tico19"): 1.5,
    ("ru", "tatoeba"): 2, ("ru", "debian-news"): 1, ("ru", "debian-other"): 0.5,
    ("ru", "stories/near"): 3, ("ru", "stories"): 2,
    ("ru", "prose/near"): 1.5, ("ru", "prose"): 0.5, ("ru", "books/near"): 2, ("ru", "books"): 1,
    ("ru", "interface/near"): 1.5, ("ru", "interface"): 0.5,
    ("fr", "news"): 14, ("fr", "debian-news"): 3, ("fr", "tico19"): 1, ("fr", "tatoeba"): 1.5,
    ("fr", "captions"): 1, ("fr", "debian-other"): 0.5,
    ("fr", "stories/near"): 1.5, ("fr", "stories"): 1,
    ("fr", "prose/near"): 1, ("fr", "prose"): 0.5, ("fr", "books/near"): 1.5, ("fr", "books"): 0.5,
    ("fr", "interface/near"): 1, ("fr", "interface"): 0.5,
    **{
        (language, kind): share * weight
        for language, share in (("uk", 1.5), ("ru", 1.0), ("fr", 1.0))
        for kind, weight in (
            ("names", 1.5), ("labels", 1.0), ("headings", 0.7), ("capitals", 0.5),
            ("questions", 0.6), ("orders", 0.5), ("tokens", 0.2),
        )
    },
}  # fmt: skip
MIXES = {"short": SHORT_MIX, "long": LONG_MIX, "wide": WIDE_MIX}
NEWS = frozenset({"news", "wmt22", "tico19"})
CHUNK_BATCHES = 48  # batches that are sorted by length together
JOINED_SHARE = 0.12  # of the news examples
DAMAGED_SHARE = 0.05
COPIED_SHARE = 0.015
NAMED_SHARE = 0.4  # of the examples that have names, so many have some of them in English
MADE = frozenset({"news-by-rule"})  # sources that no person wrote: not to be learnt as a target


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids of a whole example, and how many of them, at the end, are the target's."""

    ids: Sequence[int]
    target_length: int


def load(path: Path) -> dict[tuple[str, str], list[Pair]]:
    """Return the pairs that data.py wrote, by language and domain, in their order."""
    domains: dict[tuple[str, str], list[Pair]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        language, domain, number, source, target = line.split("\t")
        pair = Pair(language, domain, int(number), source, target)
        domains.setdefault((language, domain), []).append(pair)
    return domains


class Stream:
    """Batches from `pairs`, each of at most `batch_tokens` padded tokens, sorted by length.

    Examples of more than `max_tokens`, prompt and target, are skipped. `reversed_share` of them go
    the other way, out of English.
    """

    def __init__(
        self, pairs: Mapping[tuple[str, str], Sequence[Pair]], tokenizer: Any, *, batch_tokens: int,
        seed: int, mix: Mix = SHORT_MIX, max_tokens: int = 320, reversed_share: float = 0.0,
    ) -> None:  # fmt: skip
        self._pairs = {key: pairs[key] for key in mix if pairs.get(key)}
        self._weights = [mix[key] for key in self._pairs]
        self._max_tokens = max_tokens
        self._reversed_share = reversed_share
        self._tokenizer = tokenizer
        self._batch_tokens = batch_tokens
        self._seed = seed
        self._orders = {
            key: random.Random(f"{seed} {key}").sample(range(len(found)), len(found))
            for key, found in self._pairs.items()
        }

    def batches(
        self, *, start: int = 0, worker: int = 0, workers: int = 1
    ) -> Iterator[list[Example]]:
        """Yield batches without end, the first being the one with the number `start`.

        Of several workers each makes every n-th chunk, and counts its own batches.
        """
        # A chunk always has the same number of batches, so that numbers can be counted back.
        for chunk in range(start // CHUNK_BATCHES, 1 << 30):
            first = start - chunk * CHUNK_BATCHES if chunk == start // CHUNK_BATCHES else 0
            yield from self._chunk(chunk * workers + worker)[first:]

    def _chunk(self, number: int) -> list[list[Example]]:
        rng = random.Random(f"{self._seed} chunk {number}")
        # More than enough examples for a chunk; what does not fit is left out, evenly by length.
        wanted = CHUNK_BATCHES * self._batch_tokens // 50
        examples = [e for e in (self._draw(rng, number, wanted) for _ in range(wanted)) if e]
        examples.sort(key=lambda e: len(e.ids))
        batches: list[list[Example]] = []
        while examples:
            batch = [examples.pop()]
            while examples and len(batch[0].ids) * (len(batch) + 1) <= self._batch_tokens:
                batch.append(examples.pop())
            batches.append(batch)
        rng.shuffle(batches)
        while len(batches) < CHUNK_BATCHES:
            batches.append(batches[rng.randrange(len(batches))])
        return batches[:CHUNK_BATCHES]

    def _draw(self, rng: random.Random, chunk: int, wanted: int) -> Example | None:
        keys = list(self._pairs)
        key = rng.choices(keys, self._weights)[0]
        found, order = self._pairs[key], self._orders[key]
        # Chunk after chunk walks through a fixed shuffle, so that nothing comes twice before
        # (about) everything has come once.
        share = self._weights[keys.index(key)] / sum(self._weights)
        place = int((chunk + rng.random()) * wanted * share)
        at = order[place % len(order)]
        source, target = found[at].source, found[at].target
        if key[1] in NEWS and rng.random() < JOINED_SHARE:
            for following in found[at + 1 : at + rng.choice((2, 2, 3))]:
                if following.line != found[at].line + 1:
                    break
                at += 1
                source, target = f"{source} {following.source}", f"{target} {following.target}"
        if self._reversed_share and key[1] not in MADE and rng.random() < self._reversed_share:
            return self._example(target, source, direction=("en", key[0]))
        if rng.random() < COPIED_SHARE:
            source, target = copied(rng, source, target)
        elif rng.random() < DAMAGED_SHARE:
            source = damaged(rng, source)
        elif rng.random() < NAMED_SHARE:
            source = named(rng, source, target, language=key[0])
        return self._example(source, target, direction=(key[0], "en"))

    def _example(self, source: str, target: str, *, direction: tuple[str, str]) -> Example | None:
        tokenize = self._tokenizer
        prompt = tokenize(prompt_text(source, *direction))["input_ids"]
        answer = tokenize(" " + target, add_special_tokens=False)["input_ids"]
        answer = [*answer, tokenize.eos_token_id]
        if len(prompt) + len(answer) > self._max_tokens:
            return None
        return Example(ids=(*prompt, *answer), target_length=len(answer))


def damaged(rng: random.Random, text: str) -> str:
    """Return `text` as it may arrive: without case or full stop, or with letters lost."""
    kind = rng.randrange(5)
    if kind == 0:
        return text.lower()
    if kind == 1:
        return text.upper()
    if kind == 2:
        return text.rstrip(".!?…")
    if kind == 3:  # an 8-bit channel that did not know some letters
        return "".join("?" if c.isalpha() and rng.random() < 0.03 else c for c in text)
    return "".join(c for c in text if rng.random() > 0.02)


def named(rng: random.Random, source: str, target: str, *, language: str) -> str:
    """Return `source` with most of its names in the spelling of `target`."""
    (mentions,) = mentions_in([Rendering(source, target, language)], target="en")
    for mention in mentions:
        if mention.word != mention.form and rng.random() < 0.8:
            source = re.sub(rf"\b{re.escape(mention.word)}\b", mention.form, source)
    return source


def copied(rng: random.Random, source: str, target: str) -> tuple[str, str]:
    """Return a pair that teaches to leave alone what is not to be translated."""
    name = "".join(rng.choices("abcdefghiklmnoprstuvwz", k=rng.randint(4, 9)))
    literal = rng.choice((
        f"https://{name}.{rng.choice(('org', 'com', 'ua', 'fr'))}/{rng.randrange(10_000)}",
        f"{name}@{name[:4]}.org", f"{{{name}}}", f"%{name}%", f"[{rng.randrange(100)}]",
    ))  # fmt: skip
    kind = rng.randrange(4)
    if kind == 0:  # already English: as it is
        return target, target
    if kind == 1:
        return literal, literal
    if kind == 2:
        return f"{literal} {source}", f"{literal} {target}"
    return f"{source} {literal}", f"{target} {literal}"
