"""nightdesk restore: a file, or one paragraph of it, that no later run removes."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from pipeline.cli.options import ConfigFile, Quiet, configured, say
from pipeline.cli.paragraphs import File, Number, chosen_paragraphs, read_documents


def restore(
    file: File,
    paragraph: Number = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the rule back.")] = False,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Keep FILE, or one paragraph of it, for good: later runs do not remove it.

    The rule holds for this text in files of this name, and outlives changes to the rest of FILE.

    Examples:

      nightdesk restore inbox/wire.txt --paragraph 3

      nightdesk restore inbox/wire.txt --undo
    """
    from pipeline.state.folder import memory_path
    from pipeline.state.memory import prepare_memory
    from pipeline.state.removals import RestoreRules

    path = memory_path()
    prepare_memory(path, remark=partial(say, quiet=quiet))
    rules = RestoreRules(path)
    count = 0
    for document in read_documents(file, configured(config), paragraph):
        paragraphs = chosen_paragraphs(document, paragraph)
        if undo:
            count += rules.discard(document, paragraphs)
        else:
            rules.add(document, paragraphs)
            count += len(paragraphs)
    what = "judged like any other again" if undo else "kept from now on; run again"
    say(f"{file}: {count} {'paragraph is' if count == 1 else 'paragraphs are'} {what}", quiet=quiet)
