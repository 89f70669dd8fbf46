"""The HTML of a letter: what it quotes and what nobody sees is cut out, the rest is read as a page.

A newsletter is a page with a menu, adverts and a footer around its text; a letter is all text. So
the article is looked for as in any page: where it is most of the letter, the rest is marked as
removed, and otherwise all of the letter counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.reason import Reason
from pipeline.sources.block import Block, visible
from pipeline.sources.fragment import read_fragment
from pipeline.sources.mail.marks import patterns
from pipeline.sources.page_article import find_article
from pipeline.sources.page_blocks import page_blocks
from pipeline.sources.page_repair import repaired
from pipeline.sources.shown import Shown
from pipeline.sources.xml_tree import without_declaration

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# What mail programs put around the letter that is answered.
_QUOTES = re.compile(
    r"(?:^|\s)(?:gmail_quote\S*|yahoo_quoted|protonmail_quote|moz-cite-prefix|zmail_extra"
    r"|gmail_attr|OutlookMessageHeader)(?:\s|$)"
)
_SIGNATURES = re.compile(r"(?:^|\s)(?:gmail_signature|moz-signature|protonmail_signature_block)\b")
_HEADS = frozenset(("divRplyFwdMsg", "appendonsend", "stopSpelling", "OLK_SRC_BODY_SECTION"))
_OUTLOOK = re.compile(r"border:\s*none;\s*border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.I)
_UNSEEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$)"
    r"|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$)",
    re.IGNORECASE,
)
_MOST = 0.6  # of the letters of a letter: an article with so many is the letter
_PAGE = "<html><head></head><body>{}</body></html>"


def html_blocks(markup: str) -> list[Shown]:
    """Return the blocks of a letter in HTML: its own, then what it quotes, with the reason.

    Raises SourceError for markup that cannot be read.
    """
    from lxml.html import document_fromstring, tostring

    markup = without_declaration(markup)
    if not visible(markup):
        return []
    tree = document_fromstring(markup)
    body = next(tree.iter("body"), tree)
    _drop_unseen(body)
    quoted = [tostring(part, encoding="unicode", with_tail=True) for part in _cut_quotes(body)]
    signed = [tostring(part, encoding="unicode", with_tail=False) for part in _cut_signatures(body)]
    own = _own(_inner(body))
    for parts, reason in ((signed, Reason.MAIL_FOOTER), (quoted, Reason.QUOTED_HISTORY)):
        for part in parts:
            own += _shown(*read_fragment(part), reason)
    return own


def _own(markup: str) -> list[Shown]:
    """Return the blocks of what the sender wrote: the article in it, or all of it."""
    text, blocks = read_fragment(markup)
    everything = _shown(text, blocks)
    code, tree = repaired(_PAGE.format(markup))
    article = find_article(code, page_blocks(tree))
    if article is None:
        return everything
    told = _flat(article.text)
    found = [block for block in everything if _flat(block.text) in told]
    if _letters(found) < _MOST * _letters(everything):
        return everything
    return [
        block if _flat(block.text) in told else replace(block, removed=Reason.MAIL_FOOTER)
        for block in everything
    ]


def _shown(
    text: str, blocks: list[Block] | tuple[Block, ...], reason: Reason | None = None
) -> list[Shown]:
    return [Shown(text[b.start : b.end].strip(), b.kind, reason) for b in blocks]


def _letters(blocks: list[Shown]) -> int:
    return sum(sum(map(str.isalpha, block.text)) for block in blocks if block.kind != Kind.CODE)


def _flat(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _drop_unseen(body: HtmlElement) -> None:
    """Take out what mail programs do not show, such as the text for the list of letters."""
    for element in list(body.iter("*")):
        if element is not body and element.getparent() is not None:
            hidden = element.get("hidden") is not None or _UNSEEN.search(element.get("style") or "")
            if hidden:
                element.drop_tree()


def _cut_quotes(body: HtmlElement) -> list[HtmlElement]:
    """Take the quotations out of a letter and return them, in order."""
    cut: list[HtmlElement] = []
    for element in list(body.iter("*")):
        if element is body or not _is_in(element, body):
            continue
        if _is_head(element):
            cut += _with_all_behind(element, body)
        elif _is_quote(element):
            cut.append(_taken(element))
    return cut


def _is_quote(element: HtmlElement) -> bool:
    cited = element.tag == "blockquote" and (element.get("type") or "").lower() == "cite"
    named = _QUOTES.search(element.get("class") or "") is not None
    if not (cited or named):
        return False
    first = " ".join("".join(element.itertext())[:400].split())
    # Gmail puts a letter that is passed on into the same element as one that is answered.
    return patterns().forwarded.match(first) is None


def _is_head(element: HtmlElement) -> bool:
    if element.get("id") in _HEADS:
        return True
    return element.tag == "div" and _OUTLOOK.search(element.get("style") or "") is not None


def _with_all_behind(element: HtmlElement, body: HtmlElement) -> list[HtmlElement]:
    """Take out an element and all that follows it in the letter."""
    cut = []
    at = element
    while at is not body:
        parent = at.getparent()
        cut += [_taken(behind) for behind in list(at.itersiblings())]
        at.tail = None
        at = parent
    return [_taken(element), *cut]


def _cut_signatures(body: HtmlElement) -> list[HtmlElement]:
    found = [e for e in body.iter("*") if _SIGNATURES.search(e.get("class") or "")]
    return [_taken(element) for element in found if element is not body and _is_in(element, body)]


def _taken(element: HtmlElement) -> HtmlElement:
    """Take an element out of its tree, and leave the text behind it there."""
    parent, tail = element.getparent(), element.tail
    if tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
    return element


def _is_in(element: HtmlElement, body: HtmlElement) -> bool:
    return any(around is body for around in element.iterancestors())


def _inner(body: HtmlElement) -> str:
    from lxml.html import tostring

    return (body.text or "") + "".join(tostring(part, encoding="unicode") for part in body)
