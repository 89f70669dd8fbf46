"""A folder of news for runs on a cluster, and engines whose answers depend on the text alone."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from models.engine import Passage, Segment
from models.fake import ScriptedSummariser, ScriptedTranslator

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.digest.envelope import Edition

_PLACES = ("Харькове", "Одессе", "Киеве", "Львове", "Полтаве", "Днепре", "Сумах", "Херсоне")
_PEOPLE = ("Иван Коваленко", "Олена Шевчук", "Пётр Бондаренко", "Марина Ткаченко")
_WORKS = ("мост через реку", "новую школу", "городскую больницу", "вокзал", "трамвайное депо")
_SPELT = {"Коваленко": ("Kovalenko", "Kowalenko"), "Шевчук": ("Shevchuk", "Chevtchouk"),
          "Бондаренко": ("Bondarenko",), "Ткаченко": ("Tkachenko", "Tkatchenko")}  # fmt: skip
_BEGINNINGS = ("", "по", "за", "пере", "вы", "при", "от", "под", "раз", "до", "про", "об")
_STEMS = (
    "ход", "лож", "ключ", "глас", "прав", "вод", "став", "нос", "бир", "говор", "каз", "пис",
    "чит", "строй", "работ", "город", "стран", "люд", "дом", "врем", "мест", "дел", "слов", "рук",
    "сил", "земл", "цен", "плат", "рын", "школ", "больн", "дорог", "мост", "поезд", "театр",
    "музей", "парк", "завод", "фабрик", "урож", "погод", "снег", "дожд", "ветр", "реч", "лес",
    "пол", "сад", "книг", "газет", "журнал", "вопрос", "ответ", "решен", "закон", "суд", "полиц",
    "пожар", "авар", "медиц", "врач", "учен", "студент", "концерт", "матч", "побед", "команд",
    "игрок", "тренер", "чемпион", "бюдж", "налог", "кредит", "банк", "валют", "экспорт", "товар",
)  # fmt: skip
_ENDINGS = ("", "а", "ы", "у", "ом", "ами", "ил", "ила", "или", "ить", "ный", "ного", "ение")
_SMALL = ("и", "на", "что", "не", "для", "из", "как", "было", "после", "это", "ещё", "только")
POISON = "ЯДОВИТЫЙ"
FAULTY = "ОШИБОЧНЫЙ"
GREEDY = "НЕНАСЫТНЫЙ"


def write_news(folder: Path, count: int) -> None:
    """Write so many documents, with copies, near copies, versions and lines of their sites."""
    for at in range(count):
        site = folder / f"site{at % 3}"
        site.mkdir(parents=True, exist_ok=True)
        kept = at - at % 5 if at % 5 in (1, 2) else at  # two of five repeat an earlier text
        text = _article(kept)
        if at % 5 == 2:
            text = text.replace("сообщил", "сообшил")  # a near copy
        english = at % 7 == 3
        body = _english(kept) if english else text
        (site / f"news{at:05d}.txt").write_text(
            f"Новости часа\n\nЗаголовок номер {kept}\n\n{body}\n\nПодписывайтесь на канал сайта\n",
            encoding="utf-8",
        )
    (folder / "broken.docx").write_bytes(b"no archive")
    (folder / "feed.jsonl").write_text(
        "".join(
            f'{{"text": "{_article(900_000 + at)}", "id": "feed-item-{at // 2}",'
            f' "version": "{at % 2 + 1}"}}\n'
            for at in range(4)
        ),
        encoding="utf-8",
    )


def _article(at: int) -> str:
    person, place, work = _PEOPLE[at % 4], _PLACES[at % 8], _WORKS[at % 5]
    return (
        f"В {place} сегодня открыли {work}, сообщил директор {person} на встрече с жителями."
        f" Строительство номер {at} заняло {at % 9 + 2} года, и город заплатил за него"
        f" {at * 7 + 100} тысяч гривен. По словам мэра, {person.split()[1]} отвечал за смету"
        f" и за сроки, а жители района {at % 13 + 1} ждали этого с прошлой зимы."
    )


def _english(at: int) -> str:
    surname = _SPELT[_PEOPLE[at % 4].split()[1]][0]
    return (
        f"The city opened building number {at} today, director {surname} said at a meeting with"
        f" residents. It took {at % 9 + 2} years and cost {at * 7 + 100} thousand hryvnias, and"
        f" the people of district {at % 13 + 1} had waited for it since the winter before."
    )


def engines() -> tuple[ScriptedTranslator, ScriptedSummariser]:
    """Return engines that answer by the text; a poisoned text ends the process, or raises."""
    return ScriptedTranslator(_translation), ScriptedSummariser(_summary)


def slow_engines() -> tuple[ScriptedTranslator, ScriptedSummariser]:
    """Return engines that take a while, so that something is in the middle of its work."""
    return ScriptedTranslator(_slow_translation), ScriptedSummariser(_summary)


def counted_engines() -> tuple[ScriptedTranslator, ScriptedSummariser]:
    """Return engines that write a line for each text into the file CLUSTER_CALLS names.

    They may take as much memory as CLUSTER_MEMORY says, in bytes, above what there is now.
    """
    if os.environ.get("CLUSTER_MEMORY"):
        held = int(_read(Path("/proc/self/statm")).split()[0]) * resource.getpagesize()
        most = held + int(os.environ["CLUSTER_MEMORY"])
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return ScriptedTranslator(_counted_translation), ScriptedSummariser(_summary)


def refusing_engines() -> tuple[ScriptedTranslator, ScriptedSummariser]:
    """Return engines that nobody may ask."""
    return ScriptedTranslator(_refusal), ScriptedSummariser(_refusal)


def _refusal(asked: Segment | Passage) -> str:
    raise AssertionError(f"asked for {asked.text}")


def _counted_translation(segment: Segment) -> str:
    with Path(os.environ["CLUSTER_CALLS"]).open("ab") as calls:
        calls.write(hashlib.sha256(segment.text.encode()).hexdigest().encode() + b"\n")
    if GREEDY in segment.text:
        return str(len(bytearray(1 << 36)))
    return _translation(segment)


def _slow_translation(segment: Segment) -> str:
    time.sleep(0.02)
    return _translation(segment)


def _translation(segment: Segment) -> str:
    if POISON in segment.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if FAULTY in segment.text:
        raise ZeroDivisionError("the engine stumbles")
    numbers = "".join(c if c.isdigit() else " " for c in segment.text).split()
    names = [
        spelt[len(segment.text) % len(spelt)]
        for name, spelt in _SPELT.items()
        if name in segment.text
    ]
    said = f"The report by {' and '.join(names)} " if names else "The report "
    return f"{said}tells of numbers {' and '.join(numbers)} in the city." if numbers else f"{said}."


def _summary(passage: Passage) -> str:
    return ". ".join(passage.text.split(". ")[:2])


def archived(at: int) -> str:
    """Return a short text of a made archive, two of five of them repeats of an earlier one.

    Its words are made of parts, so that texts have as little in common as those of a newspaper.
    """
    kept = at - at % 5 if at % 5 in (1, 2) else at
    chance = random.Random(kept)
    words = [
        chance.choice(_BEGINNINGS) + chance.choice(_STEMS) + chance.choice(_ENDINGS)
        for _ in range(44)
    ]
    for place in range(3, 44, 5):
        words[place] = chance.choice(_SMALL)
    text = f"В {_PLACES[kept % 8]} {' '.join(words[:22])}. Это {' '.join(words[22:])}."
    return text.replace("ни", "ин", 2) if at % 5 == 2 else text  # typing errors


def our_workers() -> list[int]:
    """Return the processes of actors that are children of this one, and of no other cluster."""
    return [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if _read(process / "cmdline").startswith(b"ray::MapWorker") and _is_ours(process.name)
    ]


def _is_ours(process: str) -> bool:
    while process not in ("0", "1"):
        if process == str(os.getpid()):
            return True
        status = _read(Path("/proc", process, "stat"))
        process = status.rpartition(b")")[2].split()[1].decode() if status else "0"
    return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def run_here(
    folder: Path,
    out: Path,
    state: Path,
    *,
    config: Config,
    edition: Edition,
    scripted: bool = True,
) -> list[str]:
    """Run a folder in this process, by the engines here; return the records as files have them.

    If not `scripted`, the engines are those of the configuration.
    """
    from pipeline.batch import run_items
    from pipeline.inputs import inputs, read_files
    from pipeline.progress import Silent
    from pipeline.state.folder import State

    silent = Silent()
    files = inputs(folder, out, progress=silent).files
    run_items(
        read_files(folder, files, config=config, progress=silent),
        out,
        title="news",
        config=config,
        state=State(state),
        progress=silent,
        engines=engines() if scripted else None,
        timed=False,
        edition=edition,
    )
    return [path.read_text(encoding="utf-8") for path in (out / "documents").rglob("*.json")]
