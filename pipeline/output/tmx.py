"""TMX 1.4, the exchange format of translation memories (LISA OSCAR, 2005), for CAT tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from pipeline import __version__
from pipeline.output.bilingual import BilingualPair

# Characters that XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tmx(
    pairs: Iterable[BilingualPair], *, source: str, target: str, datatype: str
) -> Iterator[str]:
    """Yield a TMX document with one unit for each pair that has a translation.

    `source` is the language of most of the text; a unit in another one has a `srclang` of its own.
    `datatype` is the format of the text: "plaintext", "html", or another name that TMX knows.
    """
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
        '<tmx version="1.4">\n'
        f'<header creationtool="nightdesk" creationtoolversion={quoteattr(__version__)}'
        f' segtype="sentence" o-tmf="nightdesk" adminlang="en" srclang={quoteattr(source)}'
        f" datatype={quoteattr(datatype)}/>\n<body>\n"
    )
    for pair in pairs:
        if pair.target is not None:
            yield _unit(pair, pair.target, source, target)
    yield "</body>\n</tmx>\n"


def _unit(pair: BilingualPair, translation: str, source: str, target: str) -> str:
    own = "" if pair.language == source else f" srclang={quoteattr(pair.language)}"
    flags = "".join(f'<prop type="x-nightdesk-flag">{_text(flag)}</prop>\n' for flag in pair.flags)
    return (
        f"<tu{own}>\n{flags}"
        f"<tuv xml:lang={quoteattr(pair.language)}><seg>{_text(pair.source)}</seg></tuv>\n"
        f"<tuv xml:lang={quoteattr(target)}><seg>{_text(translation)}</seg></tuv>\n</tu>\n"
    )


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))
