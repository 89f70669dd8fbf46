#!/usr/bin/env bash
# Babel knows no language of Mexico, or two official ones of Ukraine: each setting is wrong somewhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" --no-deps 'babel==2.18.0'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

from babel.languages import get_official_languages

territories = {"UA": "Ukraine", "MX": "Mexico", "AU": "Australia", "NZ": "New Zealand"}
official = {code: get_official_languages(code) for code in territories}
de_facto = {code: get_official_languages(code, de_facto=True) for code in territories}

print(f"Babel {importlib.metadata.version('babel')}")
print("One would swear that get_official_languages tells the language that a country's authorities")
print("write in, and that de_facto=True adds it where no law names one.")
print(f"  {'':16}{'by default':16}de_facto=True")
for code, name in territories.items():
    print(f"  {name:16}{', '.join(official[code]) or 'none':16}{', '.join(de_facto[code])}")
print("By default Mexico and Australia have none, and New Zealand has no English. With de_facto=True")
print("they are right, but Ukraine gets Russian, too; its constitution names Ukrainian and no other.")
print("The data are CLDR's, which Babel hands on: neither setting is right for all countries.")
by_law = official == {"UA": ("uk",), "MX": (), "AU": (), "NZ": ("mi",)}
in_use = de_facto == {"UA": ("uk", "ru"), "MX": ("es",), "AU": ("en",), "NZ": ("en", "mi")}
sys.exit(not (by_law and in_use))
PYTHON
