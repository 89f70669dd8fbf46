"""Labelled copies and look-alikes, made from any folder of texts, for scripts/bench/dedup.py.

A copy says what its original says: whatever the damage, digits and signs are left alone, for a
wrong digit is another fact. A hard negative differs in one fact. Everything follows from the seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MIN_WORDS = 8  # shorter paragraphs have a rule of their own, which looks at their neighbours
MIN_LETTERS = 40
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«\"A-ZÀ-ÝА-ЯІЇЄҐ])")
_SENTENCE_END = re.compile(r"[.!?…]['\"»”’)\]]*$")
_NUMBER = re.compile(r"\d+")
_LATIN, _CYRILLIC = "aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ"
_TWINS = dict(zip(_LATIN + _CYRILLIC, _CYRILLIC + _LATIN, strict=True))
_DATES = [
    words.split()
    for words in (
        "January February March April June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
        "понедельник вторник среду четверг пятницу субботу воскресенье",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "січні лютому березні квітні травні червні липні серпні вересні жовтні листопаді грудні",
        "понеділок вівторок середу четвер п'ятницю суботу неділю",
    )
]
_AROUND = {
    "en": ("Read the full story on our site.", "Follow us on Telegram.", "Share this article:"),
    "fr": ("Lisez la suite sur notre site.", "Suivez-nous sur Telegram.", "Partager cet article :"),
    "ru": ("Читайте подробнее на нашем сайте.", "Подписывайтесь на наш Telegram-канал.",
           "Поделиться новостью:"),
    "uk": ("Читайте докладніше на нашому сайті.", "Підписуйтесь на наш Telegram-канал.",
           "Поширити новину:"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Original:
    """A paragraph of the folder."""

    document: str
    index: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Class:
    """One kind of copy or of look-alike; `make` returns None where a text has no such fact."""

    name: str
    copy: bool
    make: Callable[[Original, random.Random], str | None]


def read_folder(folder: Path) -> list[Original]:
    """Return the paragraphs (between blank lines) of all .txt files that are long enough."""
    found = []
    for path in sorted(folder.rglob("*.txt")):
        blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
        for index, block in enumerate(blocks):
            text = " ".join(block.split())
            letters = sum(map(str.isalpha, text))
            long = letters >= MIN_LETTERS and len(_WORD.findall(text)) >= MIN_WORDS
            if long and _SENTENCE_END.search(text):
                found.append(Original(path.stem, index, language_of(text), text))
    return found


def language_of(text: str) -> str:
    """Tell the four languages apart, roughly: it only chooses where a negation goes."""
    low = text.lower()
    if re.search("[а-я]", low):
        return "uk" if re.search("[іїєґ]", low) else "ru"
    french = len(re.findall(r"\b(?:le|la|les|des|du|et|est|une|dans|que|pour)\b|[éèêàç]", low))
    return "fr" if french > len(re.findall(r"\b(?:the|of|and|to|in|is|was|that)\b", low)) else "en"


def classes(originals: Sequence[Original]) -> list[Class]:
    """Return every class, the copies first."""
    names = _names(originals)
    words = _words(originals)
    made = [Class(f"noise {share:2} %", True, _noise(share / 100)) for share in (0, 2, 5, 10, 15)]
    made += [Class(f"{kind} 10 %", True, _noise(0.1, kind)) for kind in _DAMAGE]
    made += [
        Class("truncated", True, _truncated),
        Class("reordered", True, _reordered),
        Class("boilerplate around", True, _surrounded),
        Class("number", False, _number),
        Class("name", False, lambda o, chance: _name(o, chance, names)),
        Class("date", False, _date),
        Class("negation", False, _negation),
        Class("template", False, lambda o, chance: _template(o, chance, names, words)),
    ]
    return made


def _typing(text: str, at: int, chance: random.Random) -> str:
    letter = chance.choice([c for c in text if c.isalpha()])
    following = text[at + 1] if at + 1 < len(text) else ""
    choices = ["", letter, text[at] + letter.lower()]
    if following.isalpha():
        return chance.choice([*choices, "swap"])
    return chance.choice(choices)


def _encoding(text: str, at: int, chance: random.Random) -> str:
    damaged = ["\ufffd", text[at] + "\u00ad", text[at] + "\u200b", "?"]
    if ord(text[at]) > 127:
        damaged.append(text[at].encode("utf-8").decode("latin-1"))
    return chance.choice(damaged)


_DAMAGE: dict[str, Callable[[str, int, random.Random], str]] = {
    "typing": _typing,
    "case": lambda text, at, chance: text[at].swapcase(),
    "punctuation": lambda text, at, chance: chance.choice(("", ",", ";", " —", "!", "…")),
    "spaces": lambda text, at, chance: chance.choice(("", "  ", "\u00a0", "\n")),
    "homoglyphs": lambda text, at, chance: _TWINS.get(text[at], text[at]),
    "encoding": _encoding,
}


def _noise(share: float, kind: str | None = None) -> Callable[[Original, random.Random], str]:
    """Damage `share` of the characters, by one kind of damage or by all kinds in turn."""

    def make(original: Original, chance: random.Random) -> str:
        text = original.text
        todo = {at: kind or chance.choice(list(_DAMAGE)) for at in range(len(text))}
        fit: list[int] = [at for at in todo if _bears(text, at, todo[at])]
        hit = set(chance.sample(fit, min(len(fit), round(share * len(text)))))
        out, at = [], 0
        while at < len(text):
            if at not in hit:
                out.append(text[at])
            else:
                new = _DAMAGE[todo[at]](text, at, chance)
                if new == "swap":
                    new, at = text[at + 1] + text[at], at + 1
                out.append(new)
            at += 1
        return "".join(out)

    return make


def _bears(text: str, at: int, kind: str) -> bool:
    """Tell whether this kind of damage can befall this character without touching a number."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if (before + text[at] + after).strip().translate(_NO_FACTS) != (
        before + text[at] + after
    ).strip():
        return False
    if kind == "punctuation":
        return text[at] in ',;:—–-.!?"«»()'
    if kind == "spaces":
        return text[at] == " "
    if kind == "homoglyphs":
        return text[at] in _TWINS
    return text[at].isalpha()


_NO_FACTS = str.maketrans("", "", "0123456789%$€£₽₴°²³½")


def _truncated(original: Original, chance: random.Random) -> str | None:
    words = original.text.split()
    take = round(len(words) * chance.uniform(0.5, 0.95))
    if take < MIN_WORDS:
        return None
    return " ".join(words[:take]).rstrip(",;:—-") + chance.choice(("…", "...", "."))


def _reordered(original: Original, chance: random.Random) -> str | None:
    sentences = _SENTENCE.split(original.text)
    if len(set(sentences)) < 2:
        return None
    order = sentences[:]
    while order == sentences:
        chance.shuffle(order)
    return " ".join(order)


def _surrounded(original: Original, chance: random.Random) -> str:
    first, second, third = chance.sample(_AROUND[original.language], 3)
    return chance.choice((f"{first} {original.text}", f"{original.text} {second}",
                          f"{third} {original.text} {second}"))  # fmt: skip


def _number(original: Original, chance: random.Random) -> str | None:
    found = list(_NUMBER.finditer(original.text))
    if not found:
        return None
    hit = chance.choice(found)
    digits = list(hit.group())
    at = chance.randrange(len(digits))
    digits[at] = chance.choice([d for d in "123456789" if d != digits[at]])
    return original.text[: hit.start()] + "".join(digits) + original.text[hit.end() :]


def _name(original: Original, chance: random.Random, names: dict[str, list[str]]) -> str | None:
    found = [m for m in _WORD.finditer(original.text) if _is_name(m)]
    if not found:
        return None
    hit = chance.choice(found)
    others = [n for n in names[original.language] if n[:3].lower() != hit.group()[:3].lower()]
    if not others:
        return None
    return original.text[: hit.start()] + chance.choice(others) + original.text[hit.end() :]


def _is_name(word: re.Match[str]) -> bool:
    before = word.string[: word.start()].rstrip()
    mid = before[-1:].isalpha() or before[-1:] in ",)"
    return (
        mid and len(word.group()) > 2 and word.group()[0].isupper() and not word.group().isupper()
    )


def _date(original: Original, chance: random.Random) -> str | None:
    found = [
        (m, words) for m in _WORD.finditer(original.text) for words in _DATES
        if m.group() in words
    ]  # fmt: skip
    if not found:
        return None
    hit, words = chance.choice(found)
    other = chance.choice([w for w in words if w != hit.group()])
    return original.text[: hit.start()] + other + original.text[hit.end() :]


_VERBS = "is|are|was|were|will|would|can|could|has|have|had|should|may"
# Take the negation out where there is one, else put one in.
_NEGATIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": ((rf"\b({_VERBS}|did|do) not\b", r"\1"), (rf"\b({_VERBS})\b", r"\1 not")),
    "fr": ((r"\bn[e'’] ?(\w+) pas\b", r"\1"),
           (r"\b(sont|sera|seront|peut|peuvent|fait|doit|vont|va)\b", r"ne \1 pas"),
           (r"\b(est|était|a|ont|avait)\b", r"n'\1 pas")),
    "ru": ((r"\b[Нн]е (?=\w)", ""), (r"\b(?=\w{2,}(?:ет|ит|ют|ут|ла|ли|ло|ил|ал|ел)\b)", "не ")),
    "uk": ((r"\b[Нн]е (?=\w)", ""), (r"\b(?=\w{2,}(?:ить|ють|уть|ає|ує|ла|ли|ло|ив|ав)\b)", "не ")),
}  # fmt: skip


def _negation(original: Original, chance: random.Random) -> str | None:
    for pattern, new in _NEGATIONS[original.language]:
        found = list(re.finditer(pattern, original.text))
        if found:
            hit = chance.choice(found)
            return original.text[: hit.start()] + hit.expand(new) + original.text[hit.end() :]
    return None


def _template(
    original: Original,
    chance: random.Random,
    names: dict[str, list[str]],
    words: dict[str, dict[int, list[str]]],
) -> str | None:
    """Return the same frame with other names, other numbers and a third of other long words."""
    changed = 0

    def other(match: re.Match[str]) -> str:
        nonlocal changed
        word = match.group()
        if _is_name(match):
            changed += 1
            return chance.choice(names[original.language])
        if len(word) > 5 and word.islower() and chance.random() < 1 / 3:
            changed += 1
            return chance.choice(words[original.language].get(len(word), [word]))
        return word

    text = _WORD.sub(other, original.text)
    text = _NUMBER.sub(lambda m: str(chance.randint(1, 9)) + m.group()[1:], text)
    return text if changed >= 3 and text != original.text else None


def _names(originals: Sequence[Original]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for original in originals:
        names = found.setdefault(original.language, set())
        names.update(m.group() for m in _WORD.finditer(original.text) if _is_name(m))
    return {language: sorted(names) for language, names in found.items()}


def _words(originals: Sequence[Original]) -> dict[str, dict[int, list[str]]]:
    found: dict[str, dict[int, set[str]]] = {}
    for original in originals:
        lengths = found.setdefault(original.language, {})
        for word in _WORD.findall(original.text):
            if word.islower():
                lengths.setdefault(len(word), set()).add(word)
    return {
        language: {length: sorted(words) for length, words in lengths.items()}
        for language, lengths in found.items()
    }


def many(originals: Sequence[Original], count: int, *, size_bytes: int, seed: int) -> Iterator[str]:
    """Yield `count` paragraphs of about `size_bytes` that read like the folder.

    A paragraph follows a text of the folder for a few words, then jumps to another place in the
    same language, so that words and phrases are as frequent as they are there and more. Of every
    twenty, two are copies of an earlier one: one letter for letter, one damaged (5 %).
    """
    chance = random.Random(seed)
    streams: dict[str, list[str]] = {}
    for original in originals:
        streams.setdefault(original.language, []).extend(original.text.split())
    languages = sorted(streams)
    damage = _noise(0.05)
    recent: list[str] = []
    for at in range(count):
        if recent and at % 20 in (9, 19):
            old = chance.choice(recent)
            yield old if at % 20 == 9 else damage(Original("", 0, "", old), chance)
            continue
        words = streams[languages[at % len(languages)]]
        taken: list[str] = []
        size = 0
        while size < size_bytes:
            start = chance.randrange(len(words))
            run = words[start : start + 1 + int(chance.expovariate(0.5))]
            taken += run
            size += sum(len(w.encode()) + 1 for w in run)
        text = " ".join(taken).rstrip(",;:") + "."
        if len(recent) < 100_000:
            recent.append(text)
        else:
            recent[chance.randrange(len(recent))] = text
        yield text
