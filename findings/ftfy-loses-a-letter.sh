#!/usr/bin/env bash
# ftfy leaves a short Ukrainian word as mojibake, and takes away what it could be mended from.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'ftfy==6.3.1'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

from ftfy import fix_text

word = "Привіт"
garbled = word.encode("utf-8").decode("cp1251")  # UTF-8 that was read as Windows-1251
fixed = fix_text(garbled)


def undone(text: str) -> str:
    return text.encode("cp1251").decode("utf-8", "replace")


print(f"ftfy {importlib.metadata.version('ftfy')}")
print("A Ukrainian word in UTF-8 was read as Windows-1251. One would swear that fix_text either")
print("repairs it or leaves it as it is, so that it can be repaired later.")
print(f"  the word          {word}")
print(f"  as it was read    {garbled!r}")
print(f"  after fix_text    {fixed!r}")
print(f"  undone by hand, before fix_text   {undone(garbled)}")
print(f"  undone by hand, after fix_text    {undone(fixed)}")
print(f"  fix_text(uncurl_quotes=False)     {fix_text(garbled, uncurl_quotes=False)!r}")
print("It is not recognised as mojibake, but its last character looks like a curly quote and is")
print("straightened. The byte of the last letter is gone.")
sys.exit(not (undone(garbled) == word and fixed not in (word, garbled) and undone(fixed) != word))
PYTHON
