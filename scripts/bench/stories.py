"""Grouping and telling by the number of documents: processor seconds, and memory at its peak.

    python scripts/bench/stories.py [250 500 1000 2000]

Texts are made here, about three to an event, in sentences of words that events draw from a common
stock; the encoder counts words, so that its time stays out of the measure.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tests"))

from story_texts import WordEncoder, story_document

from pipeline.config import Config
from pipeline.document import Document
from pipeline.stories.stories import stories_of

SIZES = (250, 500, 1000, 2000)
PER_STORY = 10 / 3
SENTENCES = 12
_SYLLABLES = re.findall("..", "kalomiretusanevopidazubegristamedavuporafi")


def words(rng: random.Random, count: int, *, capital: bool = False) -> list[str]:
    """Return made-up words."""
    found = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(count)]
    return [w.capitalize() for w in found] if capital else found


def documents(count: int) -> list[Document]:
    """Return documents of as many events as the issue has: 2,000 of about 600."""
    rng = random.Random(7)
    stock = words(rng, 4000)
    found: list[Document] = []
    while len(found) < count:
        own, names = words(rng, 30), words(rng, 5, capital=True)
        dead = rng.randint(2, 90)
        for _ in range(min(count - len(found), rng.choice((1, 2, 3, 4, 6)))):
            sentences = [_sentence(rng, own, names, stock) for _ in range(SENTENCES)]
            sentences.insert(2, f"In {names[0]} {dead} people died.")
            title = " ".join([names[0], *rng.sample(own, 5)])
            found.append(story_document(title, *(" ".join(sentences[i::3]) for i in range(3))))
    return found


def _sentence(rng: random.Random, own: list[str], names: list[str], stock: list[str]) -> str:
    chosen = [*rng.sample(own, 7), *rng.sample(stock, 5), rng.choice(names)]
    rng.shuffle(chosen)
    return f"The {' '.join(chosen)} {rng.randint(10, 999)} {rng.choice(own)}."


def main() -> None:
    """Print a row for each number of documents."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"{'documents':>10}{'stories':>9}{'CPU s':>8}{'ms a document':>15}{'peak MB':>9}")
    for size in sizes:
        texts = documents(size)
        started = time.process_time()
        stories = stories_of(texts, encoder=WordEncoder(), config=Config())
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        each = 1000 * seconds / size
        print(f"{size:>10}{len(stories):>9}{seconds:>8.1f}{each:>15.1f}{peak:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
