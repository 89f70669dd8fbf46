"""Measure what has a floor, and show or record it.

    python tests/quality/measure.py                              everything but translation: seconds
    python tests/quality/measure.py translation                  with the weights: minutes
    python tests/quality/measure.py --update langid chrome       raise the floors
    python tests/quality/measure.py --update --reason "..." sentences-uk      lower one

A name may be a whole one (translation-uk) or how it begins (translation). The exit code is 1 where
a value is below its floor, or was not recorded because it fell and no reason was given.
"""

from __future__ import annotations

import argparse
import sys

from floors import FLOORS, Floor, Lowered, digest, read, written
from values import number_format, values


def main() -> int:
    """Measure, print a table, and write the floors if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="values, or how their names begin")
    parser.add_argument("--update", action="store_true", help="record the values as floors")
    parser.add_argument("--reason", default="", help="why a value falls or a corpus changed")
    options = parser.parse_args()

    known = values()
    chosen = {
        name: value
        for name, value in known.items()
        if (any(name.startswith(n) for n in options.names) if options.names else not value.by_model)
    }
    if not chosen:
        parser.error(f"no such value; there are: {', '.join(known)}")
    floors = read() if FLOORS.is_file() else {}
    failed = False
    print(f"{'value':24}{'metric':11}{'format':10}{'now':>8}{'floor':>8}")
    for name, value in chosen.items():
        form = number_format() if value.by_model else "any"
        now = value.measure()
        sha256 = digest(value.files)
        floor = floors.get(name) or Floor(value.metric, sha256, slack=value.slack)
        least = floor.least(form)
        note = ""
        if floor.sha256 != sha256:
            note = "another corpus"
        elif now < least:
            note = "BELOW"
        failed |= bool(note) and not options.update
        if options.update:
            try:
                floors[name] = floor.renewed(
                    now, number_format=form, sha256=sha256, reason=options.reason
                )
            except Lowered as lowered:
                failed, note = True, f"not recorded: {lowered}"
        print(f"{name:24}{value.metric:11}{form:10}{now:8.2f}{least:8.2f}  {note}".rstrip())
    if options.update:
        order = {name: floors[name] for name in known if name in floors}
        FLOORS.write_text(written(order), encoding="utf-8")
        print(f"written: {FLOORS}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
