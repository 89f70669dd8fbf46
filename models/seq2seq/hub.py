"""Which model a name means - a folder, or a repository on the Hugging Face Hub - and its loading.

A name is `folder`, `owner/name` or `owner/name@revision`, with `path:` or `hf:` before it where
it could mean both. Only weights in safetensors are read, and no code that comes with a model.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from models.errors import EngineError
from models.quiet import quiet_transformers

Loaded = TypeVar("Loaded")

_REPOSITORY = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_SMALL_FILES = (".json", ".model", ".spm", ".txt")
_MESSAGE_CHARS = 300
# What transformers raises for a model that is missing, damaged or of another kind.
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError)


@dataclass(frozen=True, slots=True)
class ModelName:
    """Where a model lies: a folder, or a repository and its revision."""

    location: str
    revision: str
    is_folder: bool

    def __str__(self) -> str:
        """Return what identifies the model: the folder's name or the repository, and revision."""
        name = Path(self.location).name if self.is_folder else self.location
        return f"{name}@{self.revision}"

    def load(self, loader: Callable[..., Loaded], **options: Any) -> Loaded:
        """Return what a `from_pretrained` of transformers makes of this model.

        Raises EngineError saying what to do, for a model that is not there or cannot be read.
        """
        from safetensors import SafetensorError

        hub = {"local_files_only": True} if self.is_folder else {"revision": self.revision}
        with silent_transformers():
            try:
                return loader(self.location, trust_remote_code=False, **hub, **options)
            except (*_UNREADABLE, SafetensorError) as error:
                raise EngineError(
                    f"{self}: cannot be loaded: {_shortened(error)}", hint=self._hint(error)
                ) from error

    def _hint(self, error: Exception) -> str:
        # Without protobuf, transformers asks for tiktoken, which would not help.
        if isinstance(error, ImportError) or ("tiktoken" in str(error) and not _has_protobuf()):
            return "install what reads its vocabulary: pip install 'nightdesk[hub]' (protobuf)"
        if self.is_folder:
            return (
                f"{self.location} must hold config.json, the tokenizer's files and"
                " model.safetensors of an encoder-decoder model"
            )
        if "safetensors" in str(error):
            return (
                "only safetensors are read: name a revision that has them, as in"
                f" {self.location}@refs/pr/1"
            )
        return (
            "check the name and the connection (huggingface.co; HF_HUB_OFFLINE must not be set"
            " the first time), or name a folder that holds the model"
        )


def parse_name(text: str) -> ModelName:
    """Return what a model name means. Raises EngineError for a folder that is not there.

    A folder's revision is a digest of its small files and of the size and time of its weights.
    """
    kind, separator, rest = text.partition(":")
    if not separator or kind not in {"hf", "path"}:
        kind, rest = "", text
    folder = Path(rest).expanduser()
    if kind != "hf" and folder.is_dir():
        return ModelName(str(folder), _fingerprint(folder), is_folder=True)
    name, _, revision = rest.partition("@")
    if kind == "path" or not _REPOSITORY.fullmatch(name) or rest.startswith("."):
        raise EngineError(
            f"model {text!r}: no such folder, and no name of a repository either",
            hint="give a folder, or a name such as Helsinki-NLP/opus-mt-ru-en",
        )
    return ModelName(name, revision or "main", is_folder=False)


@contextmanager
def silent_transformers() -> Iterator[None]:
    """Keep transformers from logging, showing bars and recommending packages inside the block."""
    with quiet_transformers(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        yield


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        if path.suffix in _SMALL_FILES:
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
        elif path.suffix == ".safetensors":
            status = path.stat()
            digest.update(f"{path.name}\0{status.st_size}\0{status.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


def _has_protobuf() -> bool:
    try:
        return importlib.util.find_spec("google.protobuf") is not None
    except ModuleNotFoundError:  # nothing called google at all
        return False


def _shortened(error: Exception) -> str:
    """Return the beginning of an error's text on one line; transformers writes paragraphs."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _MESSAGE_CHARS else f"{text[:_MESSAGE_CHARS]}..."
