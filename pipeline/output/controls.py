"""Control characters of other people's texts, kept from terminals and from pages."""

from __future__ import annotations

import re

# ISO/IEC 6429: C0 without tab and line ends, DEL, C1. They move the cursor, hide text, ring bells.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def without_controls(text: str) -> str:
    """Return `text` with U+FFFD in place of each control character; whitespace stays."""
    return _CONTROLS.sub("\ufffd", text)
