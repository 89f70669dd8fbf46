"""nightdesk restore: a file, or one paragraph of it, that no later run removes."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from pipeline.cli.options import ConfigFile, Quiet, configured, put, say
from pipeline.cli.paragraphs import Number, OptionalFile, chosen_paragraphs, read_documents

_SHOWN = 100  # characters of a paragraph


def restore(
    file: OptionalFile = None,
    paragraph: Number = None,
    show: Annotated[bool, typer.Option("--list", help="List the rules, and change none.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the rule back.")] = False,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Keep FILE, or one paragraph of it, for good: later runs do not remove it.

    The rule holds for this text in files of this name, and outlives changes to the rest of FILE.

    Examples:

      nightdesk restore inbox/wire.txt --paragraph 3

      nightdesk restore inbox/wire.txt --undo

      nightdesk restore --list
    """
    from pipeline.errors import UsageError
    from pipeline.state.folder import memory_path
    from pipeline.state.memory import prepare_memory
    from pipeline.state.removals import RestoreRules

    path = memory_path()
    prepare_memory(path, remark=partial(say, quiet=quiet))
    rules = RestoreRules(path)
    if show:
        for name, text in rules.listed():
            line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
            put(f"{name}: {line if len(line) <= _SHOWN else line[: _SHOWN - 1] + '…'}\n")
        return
    if file is None:
        raise UsageError("restore: no FILE", hint="name a file, or list the rules with --list")
    count = 0
    for document in read_documents(file, configured(config), paragraph):
        paragraphs = chosen_paragraphs(document, paragraph)
        if undo:
            count += rules.discard(document, paragraphs)
        else:
            rules.add(document, paragraphs)
            count += len(paragraphs)
    if undo and not count:
        say(f"{file}: no rule was found for it; --list shows the rules", quiet=quiet)
        return
    what = "judged like any other again" if undo else "kept from now on; run again"
    say(f"{file}: {count} {'paragraph is' if count == 1 else 'paragraphs are'} {what}", quiet=quiet)
