"""Which letters each language writes with, and two languages told through a relative.

langdetect has no profile of Serbian and none of Belarusian. Serbian letters have one Croatian
spelling each, so Serbian is read with the Croatian profile. Belarusian is written by sound: once
its own letters are put back into Russian or Ukrainian ones, most of a text reads as one of them,
while its alphabet (ў, and no и nor щ) keeps it apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Script = Literal["Cyrl", "Latn"]


@dataclass(frozen=True, slots=True)
class Kin:
    """The profile that a language is read with, and how its letters are spelt there."""

    profile: str
    letters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _spelt(source: str, target: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(source.split(), target.split(), strict=True)))


_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщ"
_BASIC = "abcdefghijklmnopqrstuvwxyz"

# Latin alphabets hold what the language's own words need. `ё` and the stress on `и` are optional
# in Russian and Bulgarian print; the letters are listed all the same.
ALPHABETS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        tag: frozenset(letters)
        for tag, letters in {
            "ru": _CYRILLIC + "ёъыьэюя",
            "uk": _CYRILLIC + "ґєіїьюя",
            "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
            "bg": _CYRILLIC + "ъьюяѝ",
            "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ",
            "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
            "en": _BASIC + "éèêëïöüç",
            "fr": _BASIC + "àâæçéèêëîïôœùûüÿ",
            "de": _BASIC + "äöüßé",
            "es": _BASIC + "áéíñóúü",
            "it": _BASIC + "àèéìíîòóù",
            "pt": _BASIC + "áâãàçéêíóôõúü",
            "nl": _BASIC + "éëïóöü",
            "pl": _BASIC + "ąćęłńóśźż",
            "cs": _BASIC + "áčďéěíňóřšťúůýž",
            "ro": _BASIC + "ăâîşţ",
            "sv": _BASIC + "åäöé",
            "da": _BASIC + "æøåé",
            "fi": _BASIC + "äöå",
            "hu": _BASIC + "áéíóöőúüű",
            "tr": _BASIC + "çğıöşüâîû",
            "hr": _BASIC + "čćđšž",
        }.items()
    }
)

SCRIPTS: Mapping[Script, tuple[str, ...]] = MappingProxyType(
    {
        "Cyrl": ("ru", "uk", "be", "bg", "mk", "sr"),
        "Latn": tuple(tag for tag in ALPHABETS if "w" in ALPHABETS[tag]),
    }
)

# Told apart by learnt weights, which know better than any rule what a letter of the one means in
# a text of the other.
LEARNT: Mapping[str, str] = MappingProxyType({"ru": "uk", "uk": "ru"})

_SERBIAN = _spelt(
    "а б в г д ђ е ж з и ј к л љ м н њ о п р с т ћ у ф х ц ч џ ш",
    "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š",
)

KIN: Mapping[str, tuple[Kin, ...]] = MappingProxyType(
    {
        "sr": (Kin("hr", _SERBIAN),),
        "be": (
            Kin("ru", _spelt("і ў", "и в")),
            Kin("uk", _spelt("э ы ё ў", "е и о в")),
        ),
    }
)
