"""nightdesk nightly: the scheduled digest."""

from __future__ import annotations

import typer

from pipeline.cli.nightly import daemon, install, outbox, run, status

app = typer.Typer(help="The scheduled digest of what is new.", no_args_is_help=True)
app.command("run")(run.run)
app.command("rerun")(run.rerun)
app.command("status")(status.status)
app.command("history")(status.history)
app.command("deliver")(outbox.deliver)
app.command("unsubscribe")(outbox.unsubscribe)
app.command("install")(install.install_schedule)
app.command("daemon")(daemon.daemon)
app.command("uninstall")(install.uninstall_schedule)
