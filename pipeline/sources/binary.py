"""Files that are no text, told by their first bytes or by their control characters."""

from __future__ import annotations

from pipeline.errors import SourceError

_OFFICE = "open it in the program that made it and save it as .txt"
_SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF-", "a PDF document", "rename it to .pdf"),
    (0, b"\x1f\x8b", "a gzip archive", "rename it to .txt.gz"),
    (
        0,
        b"PK\x03\x04",
        "a ZIP archive or an office document",
        "name it as its program does, or unpack it",
    ),
    (0, b"PK\x05\x06", "an empty ZIP archive", ""),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document", _OFFICE),
    (0, b"{\\rtf", "an RTF document", "rename it to .rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image", ""),
    (0, b"\xff\xd8\xff", "a JPEG image", ""),
    (0, b"GIF87a", "a GIF image", ""),
    (0, b"GIF89a", "a GIF image", ""),
    (0, b"II*\x00", "a TIFF image", ""),
    (0, b"MM\x00*", "a TIFF image", ""),
    (0, b"\x7fELF", "a Linux program", ""),
    (0, b"\xca\xfe\xba\xbe", "a compiled program", ""),
    (0, b"SQLite format 3\x00", "an SQLite database", ""),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it"),
    (0, b"Rar!\x1a\x07", "a RAR archive", "unpack it"),
    (0, b"BZh91AY&SY", "a bzip2 archive", "unpack it"),
    (0, b"\xfd7zXZ\x00", "an xz archive", "unpack it"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it"),
    (0, b"ID3\x03", "an MP3 recording", ""),
    (0, b"ID3\x04", "an MP3 recording", ""),
    (0, b"OggS\x00", "an Ogg recording", ""),
    (4, b"ftyp", "an MP4 film or recording", ""),
    (257, b"ustar", "a tar archive", "unpack it"),
)
_FIRST = tuple(signature for offset, signature, _, _ in _SIGNATURES if not offset)
_FURTHER_ON = tuple(known for known in _SIGNATURES if known[0])
_NO_TEXT = "remove it from the folder, or convert it to .txt"
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1a\x1b"))  # 1A ends some DOS files
_MAX_CONTROLS = 0.01  # share of the bytes; the odd one gets into real texts


def reject_signature(data: bytes) -> None:
    """Raise SourceError when `data` begins like a well-known kind of file that is no text."""
    possible = _SIGNATURES if data.startswith(_FIRST) else _FURTHER_ON
    for offset, signature, kind, hint in possible:
        if data.startswith(signature, offset):
            raise SourceError(f"is {kind}, not text", hint=hint or _NO_TEXT)
    if data.startswith(b"RIFF") and data[8:12] in (b"WAVE", b"AVI ", b"WEBP"):
        raise SourceError("is a sound, film or image file, not text", hint=_NO_TEXT)


def reject_controls(data: bytes) -> None:
    """Raise SourceError when `data`, not UTF-16 or UTF-32, has characters that texts lack."""
    if b"\0" in data:
        raise SourceError("is binary data, not text: it holds NUL bytes", hint=_NO_TEXT)
    controls = len(data) - len(data.translate(None, delete=_CONTROLS))
    if controls > 1 and controls > _MAX_CONTROLS * len(data):
        raise SourceError(
            f"is binary data, not text: {controls} of {len(data)} bytes are control characters",
            hint=_NO_TEXT,
        )
