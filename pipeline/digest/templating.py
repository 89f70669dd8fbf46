"""Templates of a digest, and the policy that its pages are read under."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.digest.passages import line, passage, tidy

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

Finalize = Callable[[Any], Any]


def html_environment(**shared: Any) -> Environment:
    """Return an environment whose templates escape every value; `shared` are known to all."""
    from markupsafe import Markup

    def tidied(value: Any) -> Any:
        return tidy(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    return environment(autoescape=True, finalize=tidied, **shared)


def environment(*, autoescape: bool, finalize: Finalize, **shared: Any) -> Environment:
    """Return an environment for the templates of this room.

    A value that is not there raises; every value passes through `finalize` first.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("pipeline.digest", "templates"),
        autoescape=autoescape,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"line": line, "passage": passage, "path": relative_path}
    made.globals |= shared
    return made


def relative_path(path: str) -> str:
    """Return a path as a reference that leads nowhere but to that path, whatever its name is."""
    return quote(path.lstrip("/"))


def inlined(name: str, *, more: str = "") -> Markup:
    """Return a file of the templates to stand in a page as it is, between its tags."""
    from markupsafe import Markup

    file = resources.files("pipeline.digest").joinpath("templates", name)
    return Markup(file.read_text(encoding="utf-8") + more)


def content_policy(*, style: str, script: str | None = None) -> str:
    """Return the Content Security Policy of a page that runs its own script and nothing else.

    Nothing is loaded, nothing is sent, and no attribute of an element is run as a script or taken
    as a style: only the two texts whose hashes the policy has (CSP Level 3).
    """
    scripts = "" if script is None else f" script-src {_hash(script)};"
    return (
        f"default-src 'none'; style-src {_hash(style)};{scripts} img-src data:;"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
