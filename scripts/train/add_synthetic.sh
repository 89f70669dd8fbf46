#!/bin/sh
# Adds Ukrainian news made from Russian news to DATA/pairs.tsv: scripts/train/add_synthetic.sh DATA
set -eu
data=$1
here=$(dirname "$0")
python=$here/../../.venv/bin/python
grep -P '^ru\tnews\t' "$data/pairs.tsv" > "$data/russian.tsv"
cut -f4 "$data/russian.tsv" | "$here/ukrainianise.sh" > "$data/ukrainian.txt"
"$python" "$here/synthetic.py" --pairs "$data/russian.tsv" --sources "$data/ukrainian.txt" \
    > "$data/synthetic.tsv"
cat "$data/synthetic.tsv" >> "$data/pairs.tsv"
