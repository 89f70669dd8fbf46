"""nightdesk eval: a file bears the name of what it measures."""

from __future__ import annotations

import typer

from pipeline.cli.eval import grounding, langid, mt, stories, summaries, trust

app = typer.Typer(help="Measure the parts against known answers.", no_args_is_help=True)
app.command("mt")(mt.mt)
app.command("langid")(langid.langid)
app.command("summaries")(summaries.summaries)
app.command("grounding")(grounding.grounding)
app.command("stories")(stories.stories)
app.command("trust")(trust.trust)
