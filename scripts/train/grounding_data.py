"""Claims with labels that the judge of support is trained and measured on.

Trained on: CLIFF (its labels), sentences of CLIFF's and of NTREX's articles that were shortened,
joined, spliced or had one fact changed (compressions.py, corruptions.py), NTREX lines beyond 1000
and news lines of the training data in English against their Russian, Ukrainian and French
originals. The threshold is chosen on NTREX 401-800. Reported on: QAGS-CNNDM, MEMERAG, NTREX 1-400.
Nothing of these three is ever trained on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from compressions import compressed, joined, spliced
from corruptions import corruptions

from pipeline.lang.sentences import sentences
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.naming.name_words import names_in

TRAINED = ("cliff", "own", "ntrex-dev", "pairs")
REPORTED = ("qags", "memerag", "ntrex")
CHOSEN_ON = "ntrex-choice"
_TAGS = {"rus": "ru", "ukr": "uk", "fra": "fr"}
_SENTENCES_PER_ARTICLE = 8
_NEWS = {"ru": "news", "uk": "wmt22", "fr": "news"}  # the domain of each language's training data
_PAIRS = 400  # of each language
_SHORTENED = 0.5  # of them


@dataclass(frozen=True, slots=True)
class Example:
    """A claim about a document: label 1 is supported; `kind` is of the change, or empty.

    `line` is the place of the sentence that the claim was made of, where that is known.
    """

    data: str
    document: str
    claim: Claim
    label: int
    kind: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Claims, and the sentences of the documents that they are about."""

    claims: tuple[Example, ...]
    documents: Mapping[str, tuple[Candidate, ...]]


def read(folder: Path) -> Examples:
    """Return all claims of a copy of shared/data."""
    documents: dict[str, tuple[Candidate, ...]] = {}
    ntrex = _Ntrex(folder / "mt" / "ntrex")
    claims = [
        *_cliff(folder / "factuality" / "cliff.en.val.jsonl", documents),
        *_qags(folder / "factuality" / "qags_cnndm.en.jsonl", documents),
        *_memerag(folder / "factuality" / "memerag.fr.jsonl", documents),
        *ntrex.across("ntrex", 0, 400, documents, every=1),
        *ntrex.across(CHOSEN_ON, 400, 800, documents, every=3),
        *ntrex.across("ntrex-dev", 1000, len(ntrex.english), documents, every=3),
    ]
    claims += _pairs(folder / "train", documents, ntrex.names)
    documents |= ntrex.articles(600, 1000)
    own = [d for d in documents if d.startswith(("cliff", "article"))]
    for document in own:
        claims += _own(document, documents[document], ntrex.names)
    return Examples(tuple(claims), documents)


def _candidates(texts: list[str], language: str) -> tuple[Candidate, ...]:
    found = [s.strip() for text in texts for s in sentences(text, language=language)]
    return tuple(Candidate(s, language) for s in found if len(s) > 1)


def _lines(path: Path) -> Iterator[dict[str, object]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _cliff(path: Path, documents: dict[str, tuple[Candidate, ...]]) -> Iterator[Example]:
    """Yield the sentences of right summaries, and wrong summaries of one sentence."""
    for row in _lines(path):
        name = f"cliff {row['id']}"
        documents[name] = _candidates([str(row["doc"])], "en")
        parts = [s.strip() for s in sentences(str(row["summ"]), language="en") if s.strip()]
        right = row["error_type"] == "correct"
        if right or len(parts) == 1:
            for part in parts:
                yield Example("cliff", name, Claim(part, "en"), int(right))


def _qags(path: Path, documents: dict[str, tuple[Candidate, ...]]) -> Iterator[Example]:
    for number, row in enumerate(_lines(path)):
        name = f"qags {number}"
        documents[name] = _candidates([str(row["article"])], "en")
        for part in row["summary_sentences"]:  # type: ignore[attr-defined]
            votes = [vote["response"] == "yes" for vote in part["responses"]]
            label = int(2 * sum(votes) > len(votes))
            yield Example("qags", name, Claim(part["sentence"].strip(), "en"), label)


def _memerag(path: Path, documents: dict[str, tuple[Candidate, ...]]) -> Iterator[Example]:
    for number, row in enumerate(_lines(path)):
        name = f"memerag {number}"
        texts = [part["text"] for part in row["context"]]  # type: ignore[attr-defined]
        documents[name] = _candidates(texts, "fr")
        for part in row["answer"]:  # type: ignore[attr-defined]
            if part["factuality"] in {"Supported", "Not Supported"}:
                label = int(part["factuality"] == "Supported")
                yield Example("memerag", name, Claim(part["sentence"].strip(), "fr"), label)


class _Ntrex:
    """NTREX's lines, by document and language."""

    def __init__(self, folder: Path) -> None:
        def lines(name: str) -> list[str]:
            return (folder / name).read_text(encoding="utf-8").splitlines()

        self.documents = lines("DOCUMENT_IDS.tsv")
        self.english = lines("eng.txt")
        self._others = {tag: lines(f"{code}.txt") for code, tag in _TAGS.items()}
        found = sorted({m.group() for text in self.english[500:] for m in names_in(text)})
        Random(5).shuffle(found)
        self.names = found

    def articles(self, begin: int, end: int) -> dict[str, tuple[Candidate, ...]]:
        """Return the English documents of these lines."""
        found: dict[str, list[Candidate]] = {}
        for i in range(begin, end):
            name = f"article {self.documents[i]}"
            found.setdefault(name, []).append(Candidate(self.english[i], "en"))
        return {name: tuple(candidates) for name, candidates in found.items()}

    def across(
        self,
        data: str,
        begin: int,
        end: int,
        documents: dict[str, tuple[Candidate, ...]],
        *,
        every: int,
    ) -> Iterator[Example]:
        """Yield each line in English, true and with one fact changed, about its originals.

        With `every` 3, each line is about the original in one of the three languages.
        """
        for i in range(begin, end):
            dice = Random(i)
            changed = corruptions(self.english[i], names=self._some_names(i), seed=str(i))
            if len(self.english[i]) < 25 or not changed:
                continue
            change = dice.choice(changed)
            for number, (tag, lines) in enumerate(self._others.items()):
                if (i + number) % every:
                    continue
                name = f"{data} {tag} {self.documents[i]}"
                same = [j for j in range(begin, end) if self.documents[j] == self.documents[i]]
                documents[name] = tuple(Candidate(lines[j], tag) for j in same)
                line = same.index(i)
                yield Example(data, name, Claim(self.english[i], "en"), 1, "true", line)
                yield Example(data, name, Claim(change.text, "en"), 0, change.kind, line)

    def _some_names(self, number: int) -> list[str]:
        begin = number * 7 % (len(self.names) - 60)
        return self.names[begin : begin + 60]


def _pairs(
    folder: Path, documents: dict[str, tuple[Candidate, ...]], names: list[str]
) -> Iterator[Example]:
    """Yield news lines in English, true and with one fact changed, each beside its original.

    Many are shortened before: a summary leaves out clauses, and the denials in them, with a right.
    """
    for tag, domain in _NEWS.items():
        lines = (folder / f"{tag}-en.tsv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        fit = [row[1:] for row in rows if row[0] == domain and 60 < len(row[2]) < 260]
        dice = Random(tag)
        for number, (source, target) in enumerate(dice.sample(fit, _PAIRS)):
            seed = f"{tag} {number}"
            shortened = Random(f"{seed} shortened").random() < _SHORTENED
            claim = (compressed(target, seed=seed) if shortened else None) or target
            if changed := corruptions(claim, names=dice.sample(names, 60), seed=seed):
                change = dice.choice(changed)
                name = f"pairs {seed}"
                documents[name] = (Candidate(source, tag),)
                yield Example("pairs", name, Claim(claim, "en"), 1, "true", 0)
                yield Example("pairs", name, Claim(change.text, "en"), 0, change.kind, 0)


def _own(name: str, document: tuple[Candidate, ...], names: list[str]) -> Iterator[Example]:
    """Yield sentences of a document as summaries have them, and false ones made of them."""
    dice = Random(name)
    texts = [candidate.text for candidate in document]
    pool = [text for text in texts if 50 < len(text) < 300]
    for text in dice.sample(pool, min(_SENTENCES_PER_ARTICLE, len(pool))):
        seed = name + text[:20]
        place = texts.index(text) + 1
        base, kind = text, "whole"
        if (draw := dice.random()) < 0.45:
            base, kind = compressed(text, seed=seed) or text, "compressed"
        elif draw < 0.8 and place < len(texts):
            base, kind = joined(text, texts[place], seed=seed), "joined"
        yield Example("own", name, Claim(base, "en"), 1, kind)
        other = dice.choice(pool)
        false = spliced(base, other, seed=seed) if dice.random() < 0.6 and other != text else None
        if false is not None:
            if dice.random() < 0.4:
                false = spliced(false, dice.choice(pool), seed=f"{seed} 2") or false
            yield Example("own", name, Claim(false, "en"), 0, "spliced")
        elif changed := corruptions(base, names=dice.sample(names, 60), seed=seed):
            change = dice.choice(changed)
            yield Example("own", name, Claim(change.text, "en"), 0, change.kind)
