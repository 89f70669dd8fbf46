#!/usr/bin/env bash
# sentencex makes a sentence that begins with a comma, and cuts between the two parts of a line end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'sentencex==1.0.32'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

from sentencex import segment

russian = "В доме проживало 40 чел., в т. ч. дети. Никто не пострадал."
windows = "The quay is closed.\r\n\r\nThe ferry sails."
sentences, paragraphs = list(segment("ru", russian)), list(segment("en", windows))

print(f"sentencex {importlib.metadata.version('sentencex')}")
print("One would swear that no sentence begins with a comma: the abbreviation чел. (people) may be")
print("unknown, but nothing that follows a comma is a beginning.")
for sentence in sentences:
    print(f"  {sentence!r}")
print("One would also swear that a Windows line end is one line end.")
for part in paragraphs:
    print(f"  {part!r}")
print("Nothing is lost: joined, the parts are the text. But a splitter of ours must join the first")
print("two sentences again, and must not take a part for a line of its own.")
lossless = "".join(sentences) == russian and "".join(paragraphs) == windows
odd = any(s.startswith(",") for s in sentences) and any(p.startswith("\n") for p in paragraphs)
sys.exit(not (lossless and odd))
PYTHON
