#!/usr/bin/env bash
# lxml drops all that follows the 256th level of a web page, and returns a tree as if nothing were.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" --no-deps 'lxml==6.1.3'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

import lxml.etree
import lxml.html


def page(depth: int) -> str:
    deep = "<div>" * depth + "<p>Deep.</p>" + "</div>" * depth
    return f"<html><body><p>Before.</p>{deep}<p>After.</p></body></html>"


def text(depth: int, *, huge_tree: bool = False) -> str:
    parser = lxml.html.HTMLParser(huge_tree=huge_tree)
    return lxml.html.fromstring(page(depth), parser=parser).text_content()


libxml2 = ".".join(map(str, lxml.etree.LIBXML_VERSION))
print(f"lxml {importlib.metadata.version('lxml')}, libxml2 {libxml2}")
print("A page has one paragraph before a stack of divs, one inside it, and one after it. One would")
print("swear that lxml.html.fromstring returns all three, or raises an exception.")
print(f"  253 divs                      {text(253)!r}")
print(f"  254 divs                      {text(254)!r}")
print(f"  254 divs, huge_tree=True      {text(254, huge_tree=True)!r}")
print(f"  2,046 divs, huge_tree=True    {text(2046, huge_tree=True)!r}")
parser = lxml.html.HTMLParser()
lxml.html.fromstring(page(254), parser=parser)
log = [entry.message for entry in parser.error_log]
print(f"  the parser's error_log        {log}")
try:
    lxml.html.fromstring(page(254), parser=lxml.html.HTMLParser(recover=False))
    strict = ""
except lxml.etree.XMLSyntaxError as error:
    strict = error.msg
print(f"  with recover=False            {strict}")
print("Parsing ends at 256 levels (html and body are two of them), or 2,048 with huge_tree=True: the")
print("shallow paragraph after the stack is gone, too. By default only the log tells.")
whole = "Before.Deep.After."
complete = text(253) == text(254, huge_tree=True) == whole
cut = text(254) == text(2046, huge_tree=True) == "Before."
sys.exit(not (complete and cut and log and strict))
PYTHON
