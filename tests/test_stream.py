"""Long texts: memory stays flat; a killed run goes on, and ends with what an unbroken one gives."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scripted_desk import desk, translated

from models.engine import Hypothesis, Segment
from pipeline.progress import Silent
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import Raw
from pipeline.translation import streaming
from pipeline.translation.plain import plain_skeleton
from pipeline.translation.skeleton import Skeleton
from pipeline.translation.streaming import StreamedTranslation, spliced
from pipeline.translation.windowed_progress import WindowedProgress

# The real command around a scripted engine. At the end it says how many kB of memory it had needed
# at most when the engine was asked for the first time, the 1000th, the 2000th ..., and at the end.
COMMAND = """
import resource, sys
import pipeline.build
from models.fake import ScriptedSummariser, ScriptedTranslator

LETTERS = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюя", "abvgdezziiklmnoprstufhccss'y'eua"))
needed = []

def most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def answer(segment):
    return "".join(LETTERS.get(c, LETTERS.get(c.lower(), c).upper()) for c in segment.text)

class Forgetful(list):
    def append(self, item):
        super().append(None)

class Engine(ScriptedTranslator):
    def translate(self, segments, *, decoding):
        for found in super().translate(segments, decoding=decoding):
            if len(self.asked) % 1000 == 1:
                needed.append(most_memory())
            yield found

engines = (Engine(answer, asked=Forgetful()), ScriptedSummariser(lambda p: p.text))
pipeline.build.profile_engines = lambda config, **options: engines
from pipeline.cli import main
try:
    main()
finally:
    print("ASKED", len(engines[0].asked), file=sys.stderr)
    print("NEEDED", *needed, most_memory(), file=sys.stderr)
"""
NOUNS = ("мост", "город", "река", "совет", "завод", "школа", "дорога", "рынок", "берег", "поезд")
VERBS = ("открыли", "закрыли", "обсудили", "видели", "строили", "ждали", "искали", "нашли")
NAMES = ("Ирина Соколова", "Пётр Щербаков", "Ольгой Журавлёвой", "Тверцу", "Мостостроя")


def russian(*, megabytes: float) -> str:
    """Return paragraphs of sentences that all differ, so that nothing is remembered by chance."""
    chance = random.Random(7)
    paragraphs: list[str] = []
    size = number = 0
    while size < megabytes * 1_000_000:
        sentences = []
        for _ in range(chance.randint(2, 6)):
            number += 1
            words = [chance.choice(NOUNS) for _ in range(chance.randint(3, 9))]
            words += [chance.choice(NAMES), chance.choice(VERBS)]
            sentences.append(f"В {number} году {' '.join(words)} снова.")
        paragraphs.append(" ".join(sentences))
        size += len(paragraphs[-1].encode()) + 2
    return "\n\n".join(paragraphs) + "\n"


def begin(source: Path, output: Path, state: Path, *options: str) -> subprocess.Popen[str]:
    # The scripted engine's answers are all suspects: second tries and scores would only take time.
    config = state.with_suffix(".toml")
    config.write_text("[translate]\nladder = false\ntrust = false\n", encoding="utf-8")
    command = ["translate", str(source), "-o", str(output), "--config", str(config)]
    command += options
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *command],
        env={**os.environ, "NIGHTDESK_STATE": str(state)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(source: Path, output: Path, state: Path) -> str:
    process = begin(source, output, state, "--verbose")
    _, said = process.communicate(timeout=1200)
    assert process.returncode == 0, said
    return said


def remembered(state: Path) -> int:
    try:
        with sqlite3.connect(f"file:{state}/results.sqlite?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM hypotheses").fetchone()[0])
    except sqlite3.Error:  # not there yet
        return 0


def number(said: str, word: str) -> list[int]:
    """Return the numbers that the command printed behind a word."""
    (line,) = (line for line in said.splitlines() if line.startswith(word))
    return [int(field) for field in line.split()[1:]]


@pytest.mark.slow
def test_two_megabytes_in_flat_memory(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(russian(megabytes=2), encoding="utf-8")
    said = run(source, tmp_path / "out" / "a.txt", tmp_path / "state")
    (asked,) = number(said, "ASKED")
    assert asked > 2_000
    needed = number(said, "NEEDED")
    # Caches of bounded size fill in the first half. The second half of the text needs nothing.
    assert needed[-1] - needed[0] < 80_000
    assert needed[-1] - needed[len(needed) // 2] < 6_000
    assert "about" in said  # time left
    assert said.count("paragraphs, ") > 3


@pytest.mark.slow
def test_a_long_text_is_the_same_after_a_kill(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(russian(megabytes=0.5), encoding="utf-8")
    whole = tmp_path / "whole" / "a.txt"
    (asked,) = number(run(source, whole, tmp_path / "whole.state"), "ASKED")

    resumed = tmp_path / "resumed" / "a.txt"
    resumed.parent.mkdir()
    state = tmp_path / "resumed.state"
    process = begin(source, resumed, state)  # says little: nobody empties the pipe
    while remembered(state) < asked // 2:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list(resumed.parent.iterdir()) == []  # nothing half-written
    kept = remembered(state)
    assert asked // 2 <= kept < asked

    (again,) = number(run(source, resumed, state), "ASKED")
    assert again == asked - kept
    assert resumed.read_bytes() == whole.read_bytes()


def test_every_window_is_asked_for_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = russian(megabytes=0.04)
    (document,) = read_plain(Raw(text.encode(), "a.txt"))
    skeleton = plain_skeleton(document)
    once = translated(skeleton, lambda s: "Fine.", tmp_path / "once")
    monkeypatch.setattr(streaming, "WINDOW_CHARS", 2_000)
    built, engine, progress = desk(lambda s: "Fine.", tmp_path / "often")
    work = StreamedTranslation(skeleton, built, progress=progress, language="ru")
    sizes = [len(engine.asked) for _ in spliced(skeleton.text, work.run())]
    assert len(set(sizes)) > 8  # asked little by little, while results came out
    assert "".join(spliced(skeleton.text, work.run())) == once


def test_a_name_is_spelt_through_all_windows_as_the_last_of_them_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "WINDOW_CHARS", 500)
    first = "Вчера мэр Мика Оравайн открыл в нашем городе новый мост через реку."
    last = "The mayor of the port, Mika Oravain, resigned on Monday after a long night of talks."
    text = "\n\n".join([first, russian(megabytes=0.005), first, last])
    skeleton = plain_skeleton(next(read_plain(Raw(text.encode(), "a.txt"))))

    def answer(segment: Segment) -> str:
        if "в нашем городе новый мост" not in segment.text:
            return "Fine."
        mayor = "Mika Oravain" if "Oravain" in segment.text else "Micah Orawine"
        return f"Yesterday Mayor {mayor} opened a new bridge across the river in our city."

    found = translated(skeleton, answer, tmp_path / "state", language=None)
    assert found.count("Mayor Mika Oravain") == 2
    assert "Orawine" not in found


def test_a_window_is_bound_by_the_spellings_of_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "WINDOW_CHARS", 100)
    text = "\n\n".join(
        f"Вчера судья Квентрелл открыл мост номер {at}, и Квентрелла поздравили все жители города."
        for at in range(4)
    )
    skeleton = plain_skeleton(next(read_plain(Raw(text.encode(), "a.txt"))))

    def answer(segment: Segment) -> str:
        at = int(next(c for c in segment.text if c.isdigit()))
        judge = "Quentrell" if at == 0 else "Kventrell"
        return f"Yesterday Judge {judge} opened bridge number {at}, and everyone praised {judge}."

    found = translated(skeleton, answer, tmp_path / "state")
    assert (found.count("Quentrell"), found.count("Kventrell")) == (8, 0)


class Watched(Silent):
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.done = 0
        self.tokens = 0

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        self.stages.append((name, total))

    def advance(self, count: int = 1) -> None:
        assert count > 0
        self.done += count

    def decoded(self, hypothesis: Hypothesis) -> None:
        self.tokens += hypothesis.tokens


def test_one_bar_counts_the_paragraphs_of_all_windows() -> None:
    watched = Watched()
    steady = WindowedProgress(watched)
    steady.stage("read", total=1, unit="files")
    steady.advance()
    steady.begin(total=10)
    for _ in range(2):
        steady.window(5)
        steady.stage("translate", total=20, unit="segments")
        places = []
        for _ in range(20):
            steady.advance()
            places.append(watched.done)
        assert places[9] - places[0] == 2  # half of the segments: some two of five paragraphs
        steady.stage("translate", total=3, unit="segments")  # suspects, once more
        steady.advance(3)
    steady.decoded(Hypothesis("x", 7, "stop", "m"))
    steady.end()
    assert watched.stages == [("read", 1), ("translate", 10)]
    assert watched.done == 1 + 10
    assert watched.tokens == 7


def test_a_text_without_a_unit_comes_out_as_it_is(tmp_path: Path) -> None:
    assert translated(Skeleton("a", "12\n", ()), lambda s: "x", tmp_path / "s") == "12\n"


def test_the_language_of_a_one_word_heading_is_that_of_the_whole_text(tmp_path: Path) -> None:
    text = "Мост\n\n" + russian(megabytes=0.01)
    built, _, progress = desk(lambda s: "Fine.", tmp_path / "s")
    (document,) = read_plain(Raw(text.encode(), "a.txt"))
    work = StreamedTranslation(plain_skeleton(document), built, progress=progress)
    assert work.document.paragraphs[0].language == "ru"
    assert "".join(spliced(text, work.run())).startswith("Fine\n\nFine.")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_stdin_to_stdout(tmp_path: Path, ending: str) -> None:
    text = ending.join(["Мост открыли вчера.", "", "", "Река рада.", ""])
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "translate", "-", "--from", "ru", "-q"],
        input=text.encode(), capture_output=True, check=False,
        env={**os.environ, "NIGHTDESK_STATE": str(tmp_path / "s")},
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.decode() == ending.join(["Most otkryli vcera.", "", "", "Reka rada.", ""])
