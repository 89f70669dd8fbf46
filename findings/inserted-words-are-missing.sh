#!/usr/bin/env bash
# A paragraph of a Word file with tracked changes loses the words that were inserted, without a sign.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'python-docx==1.2.0'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

import docx
from docx.oxml.parser import parse_xml

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def run(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


# As Word saves it: an editor has put "not " in, and taken "ever " out.
saved = (
    f"<w:p {WORD}>" + run("The bridge is ")
    + '<w:ins w:id="1" w:author="Editor">' + run("not ") + "</w:ins>"
    + '<w:del w:id="2" w:author="Editor">' + run("ever ", "delText") + "</w:del>"
    + run("safe.") + "</w:p>"
)
document = docx.Document()
document.element.body.insert(0, parse_xml(saved))
document.save("changed.docx")
paragraph = docx.Document("changed.docx").paragraphs[0]

print(f"python-docx {importlib.metadata.version('python-docx')}")
print("An editor inserted a word into a sentence with 'Track changes'. One would swear that the text")
print("of the paragraph is the sentence as it is shown, or as it was before.")
print("  shown in Word      The bridge is not safe.")
print("  before the change  The bridge is ever safe.")
print(f"  paragraph.text     {paragraph.text}")
print(f"  its runs           {[r.text for r in paragraph.runs]}")
print("It is neither: what was deleted is gone, and what was inserted, too. Only runs that are direct")
print("children of the paragraph and of links count.")
sys.exit(not (paragraph.text == "The bridge is safe."))
PYTHON
