"""Whether the chat model can join sentences of two documents of a story into one that holds.

    python scripts/bench/fusion.py RESULTS [RESULTS ...]

A folder of results is what `nightdesk run` wrote. Pairs are sentences of two documents of a story
that are about the same (likeness, a name in common), each with a figure, a name or a word of weight
that the other lacks. The summary engine is asked for one sentence of both. A reply is counted as
accepted when it is one whole sentence, has something of each that the other lacks, nothing that
neither has, and the judge supports it by the two sentences. All replies are printed, to be read.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

from models.engine import Decoding, Passage
from pipeline.build import LEAST_SUPPORT
from pipeline.config import Config
from pipeline.facts.numbers import figures
from pipeline.output.own_files import RUN_FILE
from pipeline.output.record_reader import read_run
from pipeline.profiles import profile_encoder, profile_engines, profile_judge
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.wording import Forms, content_words
from pipeline.stages.replies import reply_sentences
from pipeline.stories.align import RELATED, figures_agree
from pipeline.stories.names import shared, sounds_in
from pipeline.stories.pair import shipped_model
from pipeline.stories.publishers import Publishers
from pipeline.stories.statements import Statement, statements_of
from pipeline.stories.stories import group
from pipeline.stories.vectors import centred

_MOST_ALIKE = 0.85  # above, one says what the other says
_MOST_PAIRS = 14  # of a story, those most alike


def main(folders: list[Path]) -> None:
    """Print each pair and its reply, and how many replies hold."""
    config = Config()
    translator, summariser = profile_engines(config)
    encoder = profile_encoder(config)
    judge = profile_judge(config, encoder=encoder, summariser=summariser, translator=translator)
    pairs = []
    for folder in folders:
        documents, _ = read_run(folder, json.loads((folder / RUN_FILE).read_text(encoding="utf-8")))
        found = group(documents, encoder=encoder, model=shipped_model(), publishers=Publishers())
        for members in found.groups:
            statements = [
                s
                for at, m in enumerate(members)
                for s in statements_of(found.details[m].document, source=at, target="en")
                if not s.quotation.doubt
            ]
            pairs += _pairs(statements, encoder)
    started = time.process_time()
    asked = [Passage(f"{a.text} {b.text}", "en", 1) for a, b in pairs]
    replies = dict(summariser.summarise(asked, decoding=Decoding(max_new_tokens=120)))
    seconds = time.process_time() - started
    counts: Counter[str] = Counter()
    for n, (a, b) in enumerate(pairs):
        sentences = reply_sentences(replies[n].text, language="en")
        verdict = _verdict(sentences, a, b, judge)
        counts[verdict.partition(":")[0]] += 1
        print(f"\n- {a.text}\n- {b.text}\n= {' | '.join(sentences)}\n  {verdict}")
    print(f"\n{len(pairs)} pairs, {seconds:.0f} CPU s of the model: {dict(counts)}")


def _pairs(statements: list[Statement], encoder) -> list[tuple[Statement, Statement]]:
    if len({s.source for s in statements}) < 2:
        return []
    vectors = centred(
        [s.text for s in statements],
        ["en"] * len(statements),
        encoder=encoder,
        means=shipped_model().means,
    )
    found = []
    for i, j in combinations(range(len(statements)), 2):
        a, b = statements[i], statements[j]
        likeness = float(vectors[i] @ vectors[j])
        if (
            a.source != b.source
            and RELATED <= likeness < _MOST_ALIKE
            and shared(sounds_in(a.text, language="en"), sounds_in(b.text, language="en"))
            and figures_agree(a.text, b.text, language="en")
            and _own(a.text, b.text)
            and _own(b.text, a.text)
        ):
            found.append((-likeness, i, j))
    return [(statements[i], statements[j]) for _, i, j in sorted(found)[:_MOST_PAIRS]]


def _own(text: str, other: str) -> set[str]:
    """Return the content words and figures that a text has and the other lacks."""
    forms = Forms(content_words(other, "en"))
    return {w for w in content_words(text, "en") if not forms.has(w)}


def _verdict(sentences: list[str], a: Statement, b: Statement, judge) -> str:
    if len(sentences) != 1:
        return f"not one sentence: {len(sentences)}"
    [said] = sentences
    new = _own(said, f"{a.text} {b.text}")
    known = {v for s in (a, b) for f in figures(s.text, language="en") for v in f.values}
    wrong = [f for f in figures(said, language="en") if f.values.isdisjoint(known)]
    if new or wrong:
        return f"something new: {sorted(new)} {[f.text for f in wrong]}"
    forms = Forms(content_words(said, "en"))
    of_a, of_b = (
        [w for w in own if forms.has(w)] for own in (_own(a.text, b.text), _own(b.text, a.text))
    )
    if not of_a or not of_b:
        return "only one of the two: no join"
    candidates = [
        Candidate(s.quotation.text, s.quotation.language, s.quotation.translation) for s in (a, b)
    ]
    [verdict] = judge.judge([Claim(said, "en")], candidates)
    if verdict.support < LEAST_SUPPORT:
        return f"not supported: {verdict.support:.2f}"
    return f"accepted: {verdict.support:.2f}, of one {of_a}, of the other {of_b}"


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
