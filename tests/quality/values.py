"""How the values under the floors are measured, by name; each with the files of its corpus."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from floors import HERE

from models.engine import Summariser, Translator
from pipeline.config import SecondOpinion
from pipeline.document import Document, Paragraph, content_id
from pipeline.place import Span

LANGUAGES = ("en", "fr", "ru", "uk")
TRANSLATED = ("ru", "uk", "fr")
DATA = HERE.parent / "data"


@dataclass(frozen=True, slots=True)
class Value:
    """A value in points of 100; `by_model` where the embedded weights compute it."""

    metric: str
    files: tuple[Path, ...]
    measure: Callable[[], float]
    slack: float
    by_model: bool = False


def values() -> dict[str, Value]:
    """Return all values by name."""
    found: dict[str, Value] = {}
    for tag in (*LANGUAGES, "other"):
        found[f"langid-{tag}"] = Value(
            "accuracy", (HERE / "languages.tsv",), partial(named_rightly, tag), slack=1.0
        )
    for tag in LANGUAGES:
        found[f"sentences-{tag}"] = Value(
            "accuracy", (HERE / "sentences.tsv",), partial(split_rightly, tag), slack=1.0
        )
    for half in ("dev", "report"):
        for metric in ("precision", "recall"):
            found[f"chrome-{half}-{metric}"] = Value(
                metric,
                (DATA / "boilerplate" / f"{half}.txt",),
                partial(_chrome, half, metric),
                slack=1.0,
            )
    for tag in TRANSLATED:
        found[f"translation-{tag}"] = Value(
            "chrF2++",
            (HERE / f"news.{tag}", HERE / "news.en"),
            partial(closeness, tag),
            slack=2.0,
            by_model=True,
        )
    return found


def number_format() -> str:
    """Return the number format that the embedded models compute in on this machine."""
    from models.runtime.device import describe

    return describe().split(", ")[1]


def _rows(path: Path, tag: str) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        language, text = line.split("\t")
        if language == tag:
            yield text


def named_rightly(tag: str) -> float:
    """Return how many lines in a language are named so; "other" is any language but ours."""
    from models.langid.identifier import ProfileIdentifier

    identifier = ProfileIdentifier(languages=LANGUAGES)
    named = [identifier.identify(t).language for t in _rows(HERE / "languages.tsv", tag)]
    right = [name not in LANGUAGES if tag == "other" else name == tag for name in named]
    return 100 * sum(right) / len(right)


def split_rightly(tag: str) -> float:
    """Return how many lines are split where an editor splits them: exactly there."""
    from pipeline.lang.sentences import sentences

    right = [
        [s.strip() for s in sentences(line.replace("|", ""), language=tag)]
        == [s.strip() for s in line.split("|")]
        for line in _rows(HERE / "sentences.tsv", tag)
    ]
    return 100 * sum(right) / len(right)


def labelled_pages(half: str) -> list[tuple[Document, list[bool]]]:
    """Return the pages of one half, each with what is chrome in it.

    Pages are our own prose, shaped like sites in the four languages. Rules are made on "dev";
    nothing is ever changed because of "report".
    """
    pages = []
    text = (DATA / "boilerplate" / f"{half}.txt").read_text(encoding="utf-8")
    for block in text.split("=== ")[1:]:
        name, *rows = block.rstrip("\n").split("\n")
        lines = [row[2:] for row in rows]
        pages.append((_page(f"{name}.txt", lines), [row.startswith("- ") for row in rows]))
    return pages


def _page(name: str, lines: Sequence[str]) -> Document:
    paragraphs, start = [], 0
    for index, line in enumerate(lines):
        span = Span(start, start + len(line))
        paragraphs.append(Paragraph(index=index, text=line, span=span))
        start += len(line) + 1
    text = "\n".join(lines)
    return Document(
        id=content_id(text), name=name, text=text, encoding="utf-8", paragraphs=tuple(paragraphs)
    )


def _chrome(half: str, metric: str) -> float:
    return chrome(half)[metric]


def chrome(half: str) -> Mapping[str, float]:
    """Return precision and recall of what is removed as site chrome from labelled pages."""
    from pipeline.stages.clean import Clean
    from pipeline.stages.site_chrome import SiteChrome

    pages = labelled_pages(half)
    done = SiteChrome().run(Clean().run([document for document, _ in pages]))
    right = wrong = missed = 0
    for document, (_, labels) in zip(done, pages, strict=True):
        assert isinstance(document, Document)
        for paragraph, is_chrome in zip(document.paragraphs, labels, strict=True):
            removed = paragraph.removal is not None
            right += removed and is_chrome
            wrong += removed and not is_chrome
            missed += is_chrome and not removed
    return {"precision": 100 * right / (right + wrong), "recall": 100 * right / (right + missed)}


def news(language: str) -> tuple[str, ...]:
    """Return the twenty lines of news in a language."""
    return tuple((HERE / f"news.{language}").read_text(encoding="utf-8").splitlines())


def translate_news(
    tags: Sequence[str],
    *,
    state_folder: Path,
    second_opinion: SecondOpinion = "names",
    engines: tuple[Translator, Summariser] | None = None,
) -> tuple[dict[str, list[str]], int]:
    """Translate the news into English by the product's own stage, with the weights loaded once.

    `engines` are loaded ones, to spare the time. Returns the translations by language, and how
    many hypotheses were decoded for them.
    """
    from pipeline.build import build
    from pipeline.config import Config
    from pipeline.evaluate.corpus import Corpus
    from pipeline.evaluate.systems import Counting, run_stages
    from pipeline.progress import Silent
    from pipeline.state.folder import open_state

    config = Config()
    config = replace(config, translate=replace(config.translate, second_opinion=second_opinion))
    found = {}
    references = news("en")
    with open_state(state_folder) as state:
        counting = Counting(Silent())
        desk = build(config, state=state, progress=counting, engines=engines)
        for tag in tags:
            documents = (tag,) * len(references)
            corpus = Corpus(news(tag), references, documents, source=tag, target="en")
            done = run_stages(corpus, desk.translation(), window_documents=1, counting=counting)
            found[tag] = list(done.hypotheses)
    return found, counting.hypotheses


def chrf(hypotheses: Sequence[str]) -> float:
    """Return chrF2++ of translations of the news."""
    from pipeline.evaluate.scores import scores

    return next(s for s in scores(hypotheses, news("en")) if s.name == "chrF2++").value


def closeness(tag: str) -> float:
    """Return chrF2++ of the news translated from a language; loads the weights."""
    with tempfile.TemporaryDirectory() as folder:
        found, _ = translate_news([tag], state_folder=Path(folder) / "state")
    return chrf(found[tag])
