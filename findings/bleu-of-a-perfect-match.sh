#!/usr/bin/env bash
# A translation that equals its reference word for word has a corpus BLEU of 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'sacrebleu==2.6.0'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" - <<'PYTHON'
import importlib.metadata
import sys

from sacrebleu.metrics import BLEU, CHRF

lines = ["Ferry cancelled", "The quay.", "No."]
bleu = BLEU().corpus_score(lines, [lines]).score
longer = [*lines, "The ferry sails at six in the evening."]
with_longer = BLEU().corpus_score(longer, [longer]).score
chrf = CHRF(word_order=2).corpus_score(lines, [lines]).score

print(f"sacrebleu {importlib.metadata.version('sacrebleu')}")
print("A corpus is scored against itself. One would swear that the score is 100.")
print(f"  BLEU of {lines}: {bleu:.1f}")
print(f"  chrF2++ of the same: {chrf:.1f}")
print(f"  BLEU with one longer line beside them: {with_longer:.1f}")
sentence = BLEU(effective_order=True).sentence_score(lines[0], [lines[0]]).score
print(f"  BLEU of the first line alone, with effective_order=True: {sentence:.1f}")
print("Headlines have too few words for a sequence of four, and the mean of the four precisions")
print("is geometric: no four-gram, no score, however right the rest is.")
sys.exit(not (bleu == 0.0 and with_longer > 99.9 and chrf > 99.9))
PYTHON
