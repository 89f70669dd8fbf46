"""Bytes to text: which encoding it was, and the damage of earlier mistakes undone."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from pipeline.errors import SourceError
from pipeline.sources import binary, eightbit, mojibake
from pipeline.sources.mixed import MixedText, read_mixed

_MARKS = (  # byte order marks; UTF-32's little-endian one begins like UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
# What texts in other languages come in; without a short list the detector finds the oddest ones.
_OTHERS = (
    *("cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_7"),
    *("cp850", "cp852", "shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"),
)
_TEXT_CODECS = ("cp", "iso8859", "koi8", "mac", "gb", "big5", "euc_", "shift_jis", "tis", "kz")
_PROBE_BYTES = 8192
_WIDE_SHARE = 0.95  # of the characters must be ones that our languages use
_VALID_SHARE = 0.95  # of the sequences must be right for damaged UTF-8 to be called UTF-8
_SAVE = "save it as UTF-8"
# Encodings that are named for each other.
_RIVALS = (*eightbit.CANDIDATES, "koi8-r", "cp1250")
_TELLING_BYTES = 12  # above 127
# Points a byte: a text in the right encoding has 1.2 and more, in another Cyrillic one up to 0.5.
_SURE, _BETTER = 1.0, 0.8


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and what it was encoded in, with a remark in brackets where it had to be repaired."""

    text: str
    encoding: str


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Return `data` as text, without its byte order mark.

    `declared` is the encoding that the file itself names; it is believed unless the bytes are
    UTF-8, cannot be in it, or make no words in it and words in another. Line ends and all sound
    characters stay as they are. Raises SourceError when the data is not text.
    """
    binary.reject_signature(data)
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], name=name, codec=codec)
    wide = _wide(data)
    if wide is not None:
        return _repaired(data.decode(wide, "replace"), wide)
    binary.reject_controls(data)
    utf8 = _utf8(data)
    if utf8 is not None:
        return utf8
    if declared is not None:
        honoured = _declared(data, declared)
        if honoured is not None:
            return honoured
    return _eight_bit(data)


def _marked(data: bytes, *, name: str, codec: str) -> Decoded:
    text = data.decode(codec, "replace")
    binary.reject_controls(text.encode("utf-8", "replace"))
    if text.count("\ufffd") > (1 - _VALID_SHARE) * len(text) + 1:
        raise SourceError(
            f"begins like {name}, but is not text in it", hint=f"convert it, or {_SAVE}"
        )
    return _repaired(text, name)


def _wide(data: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 that data without a mark is in, if it is in one of them."""
    probe = data[:_PROBE_BYTES]
    if len(probe) < 4 or not (b"\0" in probe or b"\x04" in probe):
        return None
    for codec, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        text = probe[: len(probe) // width * width].decode(codec, "replace")
        if text and sum(map(_expected, text)) >= _WIDE_SHARE * len(text):
            return codec
    return None


def _expected(character: str) -> bool:
    """Tell whether a character is Latin, Cyrillic, or punctuation that goes with them."""
    code = ord(character)
    return (
        0x20 <= code < 0x7F
        or code in (0x09, 0x0A, 0x0D)
        or 0xA0 <= code < 0x180
        or 0x400 <= code < 0x530
        or 0x2010 <= code < 0x2027
        or code in (0x20AC, 0x20B4, 0x20BD, 0x2116)
    )


def _utf8(data: bytes) -> Decoded | None:
    """Return data that is UTF-8 as a whole, or all but a few bytes of it."""
    try:
        return _repaired(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(data) and error.reason == "unexpected end of data":
            text = data[: error.start].decode("utf-8")
            if not text.isascii():
                return _repaired(text, "utf-8", remark="cut off inside the last character")
    mixed = read_mixed(data, expected=_expected)
    if mixed is None:
        return None
    return _repaired(mixed.text, "utf-8", remark=_of_mixture(mixed))


def _of_mixture(mixed: MixedText) -> str:
    """Return what a reader should know of a text that is not UTF-8 throughout."""
    remarks = [
        f"{_counted(count, 'line')} in {encoding}" for encoding, count in mixed.others.most_common()
    ]
    if mixed.broken:
        remarks.append(_counted(mixed.broken, "broken character"))
    return ", ".join(remarks)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _declared(data: bytes, declared: str) -> Decoded | None:
    try:
        codec = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None
    # Pages that are in cp1252, or in anything, say that they are in Latin-1; and some of Python's
    # codecs are for other things than texts.
    if codec == "iso8859-1" or not codec.startswith(_TEXT_CODECS):
        return None
    try:
        text = data.decode(codec)
    except (UnicodeDecodeError, LookupError):  # LookupError: a codec that is not for text
        return None
    return None if codec in _RIVALS and _is_misnamed(data, text) else Decoded(text, codec)


def _is_misnamed(data: bytes, text: str) -> bool:
    """Tell whether bytes make words in another encoding, and none in the one they say."""
    high = sum(byte > 127 for byte in data)
    if high < _TELLING_BYTES:
        return False
    best = eightbit.rank(data)[0].score
    return best >= _SURE and best > eightbit.points(text) / high + _BETTER


def _eight_bit(data: bytes) -> Decoded:
    best = eightbit.rank(data)[0]
    if best.score < eightbit.PLAUSIBLE:
        from charset_normalizer import from_bytes

        match = from_bytes(data[: 2 * _PROBE_BYTES], cp_isolation=list(_OTHERS)).best()
        if match is not None:
            return Decoded(data.decode(match.encoding, "replace"), match.encoding)
        if best.score < eightbit.HOPELESS:
            raise SourceError("is in no encoding that we know, or is no text", hint=_SAVE)
    text = data.decode(best.encoding, "replace")
    return Decoded(text, eightbit.name_variant(best.encoding, data))


def _repaired(text: str, name: str, *, remark: str = "") -> Decoded:
    repaired = mojibake.repair(text)
    remarks = [remark] if remark else []
    if repaired != text:
        remarks.append("mojibake repaired")
    return Decoded(repaired, f"{name} ({', '.join(remarks)})" if remarks else name)
