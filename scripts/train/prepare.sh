#!/bin/sh
# All that the translators are trained on, as one table: scripts/train/prepare.sh SHARED WORK
# SHARED is the folder of data from outside the project, WORK one outside the repository. Goes on
# where it was: packages that were read are not read again. Needs Debian's apt and, for the Ukrainian
# news made from Russian news, apertium-rus-ukr (left out where it is missing).
set -eu
shared=$1 work=$2
here=$(dirname "$0")
root=$here/../..
python=${PYTHON:-$root/.venv/bin/python}
"$python" "$here/collect.py" --out "$work" || echo "some packages are missing: see above" >&2
"$python" "$here/short_pairs.py" --collected "$work/all.tsv" --out "$work/short.tsv"
# Of copies the first is kept: short.tsv says more of a pair than all.tsv.
"$python" "$here/data.py" --pairs "$shared/data/train" --out "$work/data" \
    --collected "$work/short.tsv" "$work/all.tsv" \
    --rated "$shared/data/qe/mlqe-pe.ru-en.train.tsv" \
    --exclude "$shared/data/mt" "$shared/data/langid" "$shared/data/summarisation" \
    "$shared/data/factuality" "$shared/data/stories" "$shared/data/qe/mlqe-pe.ru-en.dev.tsv" \
    "$shared/seeds" "$root/tests" "$root/seeds" \
    --exclude-whole "$root/tests/data/short-segments.tsv"
if command -v apertium > /dev/null; then
    "$here/add_synthetic.sh" "$work/data"
fi
