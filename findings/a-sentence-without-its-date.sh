#!/usr/bin/env bash
# trafilatura takes a date out of its sentence, and the lead out of an article.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" --no-deps 'trafilatura==2.3.1' 'babel==2.18.0' \
    'certifi==2026.10.19.post1' 'charset-normalizer==3.5.2' 'courlan==1.4.0' 'dateparser==1.5.0' \
    'htmldate==1.11.0' 'justext==3.0.2' 'lxml==6.1.3' 'lxml-html-clean==0.4.6' \
    'python-dateutil==4.0.0' 'pytz==2026.6' 'regex==2026.11.19' 'six==1.17.0' 'tld==0.13.2' \
    'tzlocal==5.4.5' 'urllib3==2.8.0'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

from trafilatura import extract

DATED = (
    'The ferry to the island sails again from <time datetime="2026-03-04">the fourth of '
    "March</time>, the harbour office said, and the bus waits for it at the quay."
)
LEAD = "After nine weeks in the yard the old ferry carries passengers to the island again."
REST = (
    "<p>Tickets are sold on board and at the kiosk by the quay, which opens an hour before each "
    "departure and closes after the last one has left.</p>"
    "<p>In summer the ferry sailed every hour, and the harbour office wants to return to this as "
    "soon as the second ship is repaired.</p>"
)


def extracted(article: str, **options: bool) -> str:
    page = f"<html><head><title>Ferry</title></head><body><article>{article}</article></body></html>"
    return extract(page, **options) or ""


modes = {name: {name: True} for name in ("favor_precision", "favor_recall", "fast")}
modes = {"default": {}} | modes
dated = {name: extracted(f"<p>{DATED}</p>{REST}", **options) for name, options in modes.items()}
header = f"<header><h1>The ferry is back</h1><p>{LEAD}</p></header>{REST}"
lead = {name: LEAD in extracted(header, **options) for name, options in modes.items()}

print(f"trafilatura {importlib.metadata.version('trafilatura')}")
print("A sentence of an article marks up its date, as the HTML standard has it. One would swear that")
print("a sentence that is kept is kept whole. Its beginning in each mode:")
for name, text in dated.items():
    print(f"  {name:16} {text.splitlines()[0][:63]}...")
print("An article opens with a header that holds its heading and its lead. One would swear that the")
print("lead is text. Is it kept?")
for name, kept in lead.items():
    print(f"  {name:16} {kept}")
print("Time elements are deleted with their words, also inside a sentence, and favor_precision deletes")
print("headers, also that of the article.")
holes = all("again from , the harbour" in text for text in dated.values())
lost = [name for name, kept in lead.items() if not kept]
sys.exit(not (holes and lost == ["favor_precision"]))
PYTHON
