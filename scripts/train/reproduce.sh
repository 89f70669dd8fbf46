#!/bin/sh
# A short run from nothing, compared with the logged one (about 5 minutes on 2 idle cores):
#   scripts/train/reproduce.sh BASE PAIRS WORK EXCLUDE...
# BASE is the folder that `nightdesk models fetch gemma3-270m` made, PAIRS the one with the tables,
# WORK an empty folder, EXCLUDE the files of evaluation sentences. Needs Debian's apertium-rus-ukr.
set -eu
base=$1 pairs=$2 work=$3
shift 3
here=$(dirname "$0")
python=$here/../../.venv/bin/python
data=$work/data
"$python" "$here/data.py" --pairs "$pairs" --exclude "$@" --out "$data" > /dev/null
"$here/add_synthetic.sh" "$data"
# short.tsv is what this very line gave on our machine: equal data give equal batches, and what
# differs is rounding.
"$here/run.sh" "$base" "$data" "$work/run" --max-steps 30
"$python" "$here/compare.py" --curve "$work/run/curve.tsv" --logged "$here/short.tsv"
