#!/bin/sh
# Trains, or goes on training, in idle time: scripts/train/run.sh BASE DATA RUN [options of train.py]
# Threads spin for some microseconds only while they wait: a quiet machine trains a fifth faster so
# than without spinning, and at nice 19 on a busy one a spinning thread burns the time its sister
# waits for (then: GOMP_SPINCOUNT=0).
set -eu
base=$1 data=$2 run=$3
shift 3
here=$(dirname "$0")
export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-20000}"
exec nice -n 19 "$here/../../.venv/bin/python" "$here/train.py" \
    --base "$base" --data "$data" --run "$run" "$@"
