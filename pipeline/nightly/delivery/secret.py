"""Secrets, read where they are used and kept nowhere: from the environment, a file, or systemd."""

from __future__ import annotations

import os
from pathlib import Path

from models.errors import plainly
from pipeline.errors import ConfigError
from pipeline.nightly_bounds import SECRET
from pipeline.paths import expanded


def read_secret(place: str, *, named_by: str) -> str:
    """Return the secret at a place: "env:NAME", "file:PATH" or "credential:NAME".

    One line end behind it is none of its own. Raises ConfigError where there is no secret; the
    message has the place and never what is there.
    """
    found = SECRET.fullmatch(place)
    if found is None:
        raise ConfigError(
            f"{named_by}: is not the place of a secret", hint='write "env:NAME" or "file:PATH"'
        )
    kind, name = found.groups()
    if kind == "env":
        secret = os.environ.get(name, "")
        hint = f"set the variable {name} for the process that delivers"
    else:
        path = expanded(name, named_by=named_by) if kind == "file" else _credential(name, named_by)
        hint = f"write the secret into {path}, readable by the user who delivers"
        try:
            secret = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{named_by}: {place}: cannot be read: {plainly(error)}", hint=hint
            ) from error
    if not secret or "\n" in secret:
        what = "is empty" if not secret else "has several lines"
        raise ConfigError(f"{named_by}: {place}: {what}", hint=hint)
    return secret


def without(secret: str, text: str) -> str:
    """Return a text for a log or for state with the secret masked, should it be in it."""
    return text.replace(secret, "***") if secret else text


def _credential(name: str, named_by: str) -> Path:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f"{named_by}: credential:{name}: this process was given no credentials",
            hint="systemd gives them to services: LoadCredential= (systemd.exec(5))",
        )
    return Path(folder) / name
