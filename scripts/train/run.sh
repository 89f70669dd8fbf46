#!/bin/sh
# Trains, or goes on training, in idle time: scripts/train/run.sh BASE DATA RUN [options of train.py]
# Threads wait without spinning: at nice 19 a spinning thread burns the time its sister waits for.
set -eu
base=$1 data=$2 run=$3
shift 3
here=$(dirname "$0")
export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0
exec nice -n 19 "$here/../../.venv/bin/python" "$here/train.py" \
    --base "$base" --data "$data" --run "$run" "$@"
