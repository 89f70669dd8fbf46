#!/bin/sh
# Russian on stdin to Ukrainian on stdout, a line for a line, by the rules of apertium-rus-ukr
# (Debian). Its statistical tagger crashes, so the first reading that the constraint grammar
# leaves is taken. Words it does not know come out with a * before them.
set -eu
d=/usr/share/apertium/apertium-rus-ukr
first_reading='s/\^[^\/$]*\/\(\*[^\/$]*\)[^$]*\$/^\1$/g; s/\^[^\/$]*\/\([^\/$]*\)[^$]*\$/^\1$/g'
apertium-destxt -n \
    | lt-proc -w "$d/rus-ukr.automorf.bin" | cg-proc -w "$d/rus-ukr.rlx.bin" \
    | sed "$first_reading" | apertium-pretransfer \
    | lt-proc -b "$d/rus-ukr.autobil.bin" | lrx-proc -m "$d/rus-ukr.autolex.bin" \
    | apertium-transfer -b "$d/apertium-rus-ukr.rus-ukr.t1x" "$d/rus-ukr.t1x.bin" \
    | apertium-interchunk "$d/apertium-rus-ukr.rus-ukr.t2x" "$d/rus-ukr.t2x.bin" \
    | apertium-postchunk "$d/apertium-rus-ukr.rus-ukr.t3x" "$d/rus-ukr.t3x.bin" \
    | lt-proc -g "$d/rus-ukr.autogen.bin" | lt-proc -p "$d/rus-ukr.autopgen.bin" \
    | apertium-retxt
