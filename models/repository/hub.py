"""Models by name, in a folder or in a repository of the Hugging Face Hub, and their loading.

A name is `folder`, `owner/name` or `owner/name@revision`, with `path:` or `hf:` before it where
it could mean both. Only weights in safetensors are read, and no code that comes with a model.

A branch of a repository moves, so a model is loaded at a commit: the one that the cache of the Hub
on this machine holds for the named revision, else the one that the Hub names. A newer commit is
taken when it is named, or when the cache no longer holds the revision.
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
from models.repository.stamps import stamped_sha256
from models.repository.weights import home_expanded, stamps_folder

Loaded = TypeVar("Loaded")

_REPOSITORY = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_SMALL_FILES = (".jinja", ".json", ".model", ".spm", ".txt")
_MESSAGE_CHARS = 300


@dataclass(frozen=True, slots=True)
class ModelName:
    """The place of a model: a folder, or a repository and its revision.

    The revision of a folder is a digest of its files. `commit` is the commit of a repository that
    the revision means here, empty where nobody can tell.
    """

    location: str
    revision: str
    is_folder: bool
    commit: str = ""

    @property
    def identity(self) -> str:
        """The folder's name and the digest of its files, or the repository and its commit."""
        return f"{self.location}@{self.commit}" if self.commit else str(self)

    def __str__(self) -> str:
        """Return the folder's name or the repository, and the revision as it was named."""
        name = Path(self.location).name if self.is_folder else self.location
        return f"{name}@{self.revision}"

    def load(self, loader: Callable[..., Loaded], **options: Any) -> Loaded:
        """Return the result of `loader`, a `from_pretrained` of transformers, for this model.

        Raises EngineError, which says what to do, for a model that is not there, cannot be read or
        is no longer the one that was named.
        """
        if self.is_folder and _fingerprint(Path(self.location)) != self.revision:
            raise EngineError(
                f"{self.location}: the model was exchanged since the start",
                hint="run the command again: what it wrote so far is kept",
            )
        hub: dict[str, Any] = {"revision": self.commit or self.revision}
        with silent_transformers():
            try:
                return loader(
                    self.location,
                    trust_remote_code=False,
                    **({"local_files_only": True} if self.is_folder else hub),
                    **options,
                )
            # Damaged files make transformers and tokenizers raise whatever they stumble over: bare
            # Exception, ZeroDivisionError, errors of strict dataclasses.
            except Exception as error:
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
                " model.safetensors of such a model"
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
    """Return the place that a model name means. Raises EngineError for a folder that is not there.

    A folder's revision is a digest of its small files and of its weights; these are read once and
    then known by their stamps (`models.repository.stamps`). Of a repository that was never loaded
    on this machine, config.json is fetched, to learn the commit.
    """
    kind, separator, rest = text.partition(":")
    if not separator or kind not in {"hf", "path"}:
        kind, rest = "", text
    folder = home_expanded(rest, named_by="model")
    if kind != "hf" and folder.is_dir():
        return ModelName(str(folder), _fingerprint(folder), is_folder=True)
    name, _, revision = rest.partition("@")
    if kind == "path" or not _REPOSITORY.fullmatch(name) or rest.startswith("."):
        raise EngineError(
            f"model {text!r}: no such folder, and no name of a repository either",
            hint="give a folder, or a name such as Helsinki-NLP/opus-mt-ru-en",
        )
    revision = revision or "main"
    return ModelName(name, revision, is_folder=False, commit=_commit(name, revision))


def file_of(name: ModelName, path: str) -> Path | None:
    """Return a small file of a model, or None where the model has none of that name.

    Without a connection the files are those that the cache of the Hub holds. Raises EngineError
    where the Hub refuses to answer.
    """
    if name.is_folder:
        return found if (found := Path(name.location) / path).is_file() else None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    with silent_transformers():
        try:
            revision = name.commit or name.revision
            return Path(hf_hub_download(name.location, path, revision=revision))
        except EntryNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise EngineError(
                f"{name}: {path} cannot be looked for: {_shortened(error)}", hint=name._hint(error)
            ) from error


@contextmanager
def silent_transformers() -> Iterator[None]:
    """Keep transformers from logging, showing bars and recommending packages inside the block."""
    with quiet_transformers(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        yield


def _fingerprint(folder: Path) -> str:
    """Return a digest of the files of a model. Raises EngineError for one that cannot be read."""
    digest = hashlib.sha256()
    try:
        for path in sorted(p for p in folder.iterdir() if p.is_file()):
            if path.suffix in (*_SMALL_FILES, ".safetensors"):
                sha256 = stamped_sha256(path, stamps=stamps_folder())
                digest.update(f"{path.name}\0{sha256}\0".encode(errors="surrogateescape"))
    except OSError as error:
        raise EngineError(
            f"{error.filename or folder}: cannot be read: {error.strerror or error}",
            hint="mend the permissions there, or name another model",
        ) from error
    return digest.hexdigest()[:12]


def _commit(repository: str, revision: str) -> str:
    """Return the commit of a revision, or nothing where neither the cache nor the Hub tells it."""
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import EntryNotFoundError

    with silent_transformers():
        try:
            found = try_to_load_from_cache(repository, "config.json", revision=revision)
            if not isinstance(found, str):
                found = hf_hub_download(repository, "config.json", revision=revision)
        except (OSError, ValueError, EntryNotFoundError):
            return ""  # the load fails, too, and its error says why
    return Path(found).parent.name


def _has_protobuf() -> bool:
    try:
        return importlib.util.find_spec("google.protobuf") is not None
    except ModuleNotFoundError:  # nothing called google at all
        return False


def _shortened(error: Exception) -> str:
    """Return the beginning of an error's text on one line; transformers writes paragraphs."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _MESSAGE_CHARS else f"{text[:_MESSAGE_CHARS]}..."
