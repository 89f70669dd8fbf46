"""Encoder-decoder models on CTranslate2, where it is installed: int8 on a CPU, float16 on a GPU.

1. The weights are converted once, from safetensors, into `converted/` of the cache folder. Its name
   tells model, digest or commit, number format and version; its manifest has the sha256 of each
   file, and a folder that is not whole or not the same is made anew.
2. The vocabulary of a converted model is the numbers of its tokens. CTranslate2 speaks in tokens,
   and vocabularies have tokens twice, lack some, or have more places than tokens.
3. Sources are not padded: CTranslate2 takes rows of any length.

Decoder-only models stay with torch: CTranslate2 4.8.5 converts Gemma 3 without an error into a
model that is wrong past its sliding window.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.engine import Decoding
from models.errors import EngineError
from models.repository import manifest
from models.repository.hub import ModelName, silent_transformers
from models.repository.stamps import stamped_sha256
from models.repository.weights import cache_root, stamps_folder

# Each family with its layers as transformers builds them, whatever the configuration says: whether
# they normalise before, and whether embeddings are normalised. None: CTranslate2 knows.
_FAMILIES: dict[str, tuple[bool, bool] | None] = {
    "marian": None,
    "m2m_100": None,
    "mbart": (True, True),
    "bart": (False, True),
    "pegasus": (True, False),
    "t5": None,
    "mt5": None,
}
# Settings that change what transformers generates and have no counterpart, with what leaves it be.
_UNKNOWN_SETTINGS: dict[str, tuple[object, ...]] = {
    "encoder_no_repeat_ngram_size": (None, 0),
    "encoder_repetition_penalty": (None, 1.0),
    "sequence_bias": (None,),
    "begin_suppress_tokens": (None, []),
    "exponential_decay_length_penalty": (None,),
    "num_beam_groups": (None, 1),
}
_FORMATS = {"cpu": "int8", "cuda": "float16"}


def number_format(dtype: str, *, device: str) -> str | None:
    """Return the format that CTranslate2 runs in, or None where torch is asked for or must do.

    `dtype` is "auto", "int8" or a name of torch's, which means torch.
    """
    kind = device.partition(":")[0]
    if find_spec("ctranslate2") is None or kind not in _FORMATS:
        return None
    if dtype == "auto":
        return _FORMATS[kind]
    return dtype if dtype == "int8" else None


def is_known(config: Any, settings: Any) -> bool:
    """Tell whether a model is of a family that is converted, and asks for nothing unknown."""
    return config.model_type in _FAMILIES and all(
        getattr(settings, name, None) in harmless for name, harmless in _UNKNOWN_SETTINGS.items()
    )


def version() -> str:
    """Return the installed version."""
    return metadata.version("ctranslate2")


class CTranslateGenerator:
    """Decodes with CTranslate2. Implements `models.seq2seq.generation.Generator`.

    `form` is a number format of `number_format`. `settings` are the generation settings of the
    model. Raises EngineError for a model that cannot be converted.
    """

    def __init__(self, name: ModelName, *, settings: Any, form: str, device: str) -> None:
        self._name = name
        self.settings = settings
        self._form = form
        self._device = device

    @cached_property
    def _folder(self) -> Path:
        return _converted(self._name, self._form)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """The tokens that can be generated: Marian's padding, say, is none of them."""
        shared, target = (self._folder / f"{n}_vocabulary.json" for n in ("shared", "target"))
        path = shared if shared.exists() else target
        return frozenset(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def _translator(self) -> Any:
        ctranslate2: Any = import_module("ctranslate2")
        import torch

        kind, _, number = self._device.partition(":")
        return ctranslate2.Translator(
            str(self._folder),
            device=kind,
            device_index=int(number or 0),
            compute_type=self._form,
            inter_threads=1,
            intra_threads=torch.get_num_threads(),
        )

    def generate(
        self,
        sources: Sequence[Sequence[int]],
        caps: Sequence[int],
        *,
        first: int | None,
        decoding: Decoding,
    ) -> list[list[int]]:
        """Return the ids of an answer to each source, as `Generator.generate`."""
        forced = first is not None
        settings = self.settings
        unwanted = [_tokens([id_]) for id_ in settings.suppress_tokens or ()]
        unwanted += [_tokens(ids) for ids in settings.bad_words_ids or ()]
        results = self._translator.translate_batch(
            [_tokens(ids) for ids in sources],
            target_prefix=[_tokens([first])] * len(sources) if first is not None else None,
            beam_size=decoding.num_beams,
            length_penalty=settings.length_penalty or 1.0,
            repetition_penalty=settings.repetition_penalty or 1.0,
            no_repeat_ngram_size=settings.no_repeat_ngram_size or 0,
            suppress_sequences=[s for s in unwanted if self._vocabulary.issuperset(s)] or None,
            end_token=_tokens(_listed(settings.eos_token_id)),
            return_end_token=True,
            max_input_length=0,  # no source is cut
            max_decoding_length=max(caps) + forced,
            min_decoding_length=1 + forced,  # an empty answer is never asked for
        )
        rows = [[int(token) for token in result.hypotheses[0]] for result in results]
        return [row[: cap + forced] for row, cap in zip(rows, caps, strict=True)]


def _tokens(ids: Sequence[int]) -> list[str]:
    return [str(id_) for id_ in ids]


def _listed(ids: int | list[int]) -> list[int]:
    return ids if isinstance(ids, list) else [ids]


def _converted(name: ModelName, form: str) -> Path:
    """Return the folder of a converted model, made now where it is not there as a whole."""
    key = f"{name.identity} ctranslate2 {version()} {form}"
    source = hashlib.sha256(key.encode()).hexdigest()
    label = Path(name.location).name
    folder = cache_root() / "converted" / f"{label}-{form}-{source[:12]}"
    whole = partial(
        manifest.problems_of,
        folder,
        source_sha256=source,
        digest=partial(stamped_sha256, stamps=stamps_folder()),
    )
    if not whole():
        return folder
    from filelock import FileLock

    with _write_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if not whole():  # another process was faster
                return folder
            beside = folder.with_name(f"{folder.name}.{os.getpid()}")
            try:
                _convert(name, beside, form=form)
                manifest.seal(beside, source_sha256=source, about={"name": key})
                shutil.rmtree(folder, ignore_errors=True)
                beside.rename(folder)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    return folder


def _convert(name: ModelName, folder: Path, *, form: str) -> None:
    """Convert a model into a new folder."""
    converters: Any = import_module("ctranslate2.converters")

    class ByNumber(converters.TransformersConverter):  # type: ignore[misc]
        """A converter that loads as we do, and names each token by its number."""

        def load_model(self, model_class: Any, model_name_or_path: str, **options: Any) -> Any:
            options.pop("config", None)
            self.model = name.load(model_class.from_pretrained, use_safetensors=True, **options)
            if layers := _FAMILIES[self.model.config.model_type]:
                self.model.config.normalize_before, self.model.config.normalize_embedding = layers
            return self.model

        def load_tokenizer(
            self, tokenizer_class: Any, model_name_or_path: str, **options: Any
        ) -> Any:
            self.tokenizer = name.load(tokenizer_class.from_pretrained)
            return self.tokenizer

        def _load(self) -> Any:
            spec = super()._load()
            config = self.model.config
            for side, size in (
                ("source", spec.get_source_vocabulary_size()),
                ("target", spec.get_target_vocabulary_size()),
            ):
                for count in _listed(size):
                    spec._vocabularies[side] = [_tokens(range(count))]
            spec.config.bos_token = str(self.tokenizer.bos_token_id or 0)
            spec.config.eos_token = str(_listed(config.eos_token_id)[0])
            spec.config.unk_token = str(self.tokenizer.unk_token_id)
            spec.config.decoder_start_token = str(
                config.eos_token_id  # Marian starts from no embedding at all
                if config.model_type == "marian"
                else config.decoder_start_token_id
            )
            return spec

    location, revision = name.location, None if name.is_folder else name.commit or name.revision
    try:
        with silent_transformers():
            ByNumber(location, revision=revision).convert(str(folder), quantization=form)
    except (ValueError, AttributeError, KeyError, TypeError, NotImplementedError) as error:
        raise EngineError(
            f"{name}: CTranslate2 cannot convert it: {error}",
            hint='set engine.dtype to "float32" to run it on torch',
        ) from error


@contextmanager
def _write_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"{error.filename or folder}: {error.strerror or error}",
            hint="free space or mend the permissions there, or set NIGHTDESK_CACHE to another"
            " folder",
        ) from error
