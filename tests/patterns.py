"""Every regular expression of the packages: compiled, made by a function, written in place."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import models
import pipeline
from pipeline.stages.boilerplate import cues

LANGUAGES = ("en", "fr", "ru", "uk")
# Arguments for functions that make patterns of something else than nothing or a language.
ARGUMENTS: Mapping[str, tuple[tuple[Any, ...], ...]] = {
    "pipeline.facts.negation._patterns": (
        ("denials",),
        ("idioms",),
        ("negative",),
        ("full",),
        ("firm",),
    ),
    "pipeline.facts.money._pattern": tuple(
        (f"units_apart.{section}", language)
        for section in ("beside_money", "weighing")
        for language in LANGUAGES
    ),
    "pipeline.facts.protected._pattern": (((),), (("Nord Stream", "A"),)),
    "pipeline.lang.dictionary._patterns": tuple(
        (section, source, "(?:{})")
        for section in ("dictionary.en", "labels.en", "shortened")
        for source in LANGUAGES
    ),
    "pipeline.stages.naming.gender._pattern": tuple(
        (section, language) for section in ("in_gender",) for language in LANGUAGES
    ),
    "pipeline.stages.triage.suspicions._pattern": (("triage.refusals",), ("triage.regrets",)),
    "pipeline.stories.word_patterns.word_patterns": tuple(
        (section, language) for section in ("amounts", "events", "counts") for language in LANGUAGES
    ),
    "pipeline.stages.grounding.context._patterns": tuple((language,) for language in LANGUAGES),
    "pipeline.lang.quotations._pairs": (("",),),
    "pipeline.digest.refusals._known": tuple((language,) for language in LANGUAGES),
    "pipeline.stories.causes._words": tuple((language, "uncertain") for language in LANGUAGES),
    "pipeline.stories.genre._labels": (("live",), ("paywall",)),  # "round_up" reads short titles
    "pipeline.stories.genre._path": (("live",), ("opinion",)),
    "pipeline.facts.units._currency_patterns": ((True,), (False,)),
    "pipeline.facts.stated._compiled": (("may",), ("open|shut",)),
    "pipeline.stages.grounding.causes._causes": (("stated",), ("supported_by",)),
    "pipeline.stages.grounding.reversals._words_of": (("may|might",),),
    "pipeline.stages.grounding.reversals._pairs": tuple((language,) for language in LANGUAGES),
    "pipeline.stages.grounding.names._patterns": (
        ("grounding.countries",),
        ("grounding.outlets",),
    ),
    "pipeline.sources.mojibake._misreading": (("cp1251",), ("koi8-r",), ("cp866",)),
    "pipeline.sources.recoded._table": ((0,), (2,)),
    "pipeline.stages.naming.slavic._pattern": tuple(
        (section, language)
        for section in ("no_ending", "surnames", "in_ko")
        for language in LANGUAGES
    ),
}
# Searched only in a window of a few characters.
BOUNDED = frozenset(
    {
        "pipeline.lang.line_ends._HEAD",
        "pipeline.stages.capitals._FULL_STOP",
        "pipeline.stories.holders._words",
    }
)
CUES = "pipeline.stages.boilerplate.cues.pattern"
# They compile what a caller gives them, or only to see whether it can be compiled.
MAKERS_OF_GIVEN = frozenset(
    {
        "pipeline.lang.data.alternatives",
        "pipeline.stages.boilerplate.cues._entries",
        "pipeline.translation.markdown_inline.escape",
    }
)


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """A pattern, where it is, and the methods of it that are called."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def modules() -> Iterator[ModuleType]:
    for package in (pipeline, models):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


@cache
def patterns() -> list[FoundPattern]:
    sources = {module.__name__: source_of(module) for module in modules()}
    everything = "\n".join(sources.values())
    found: list[FoundPattern] = []
    for module in modules():
        for name, value in vars(module).items():
            if f"{module.__name__}.{name}" in BOUNDED:
                continue
            if isinstance(value, re.Pattern) and f"{name} = " in sources[module.__name__]:
                methods = called(
                    rf"\b{name}", sources[module.__name__] + exported(name, everything)
                )
                found.append(FoundPattern(f"{module.__name__}.{name}", value, methods))
        found += written_in_place(module, sources[module.__name__])
        for name in makers(sources[module.__name__]):
            where = f"{module.__name__}.{name}"
            if where in MAKERS_OF_GIVEN | BOUNDED:
                continue
            for value in results(where, getattr(module, name)):
                found += in_value(where, name, value, everything)
    return found


def source_of(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def exported(name: str, everything: str) -> str:
    return "" if name.startswith("_") else everything


@cache  # the source of everything is long, and many patterns come from one function
def called(name: str, source: str, *, passed: bool = True) -> frozenset[str]:
    """Return the methods that are called of what `name`, a pattern, stands for.

    Where it is `passed` on, any method may be called there.
    """
    uses = re.findall(
        rf"{name}\.(match|fullmatch|search|finditer|findall|split|sub|subn)\b", source
    )
    others = passed and re.findall(rf"{name}\b(?!\.| =|:)", source)
    return frozenset(uses) if uses and not others else frozenset({*uses, "search"})


def makers(source: str) -> Iterator[str]:
    """Yield the functions of a module in which patterns are compiled."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and any(map(is_compile, ast.walk(node))):
            yield node.name


def cue_names() -> list[str]:
    """Return the names of the arrays that the boilerplate rules ask for."""
    folder = Path(str(cues.__file__)).parent
    source = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    return sorted(set(re.findall(r"\bpattern\(\"([\w.-]+)\"\)", source)))


def without_arguments() -> list[str]:
    """Return the functions that make patterns of something that this module does not know."""
    return [
        f"{module.__name__}.{name}"
        for module in modules()
        for name in makers(source_of(module))
        if f"{module.__name__}.{name}" not in {*ARGUMENTS, *MAKERS_OF_GIVEN, *BOUNDED, CUES}
        and needed_by(getattr(module, name)) not in ([], ["language"])
    ]


def needed_by(maker: Any) -> list[str]:
    parameters = inspect.signature(maker).parameters.values()
    return [p.name for p in parameters if p.default is p.empty]


def is_compile(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"


def results(where: str, maker: Any) -> Iterator[Any]:
    """Yield what a function makes: without arguments, for each language, or as `ARGUMENTS` say."""
    if where == CUES:
        yield from map(maker, cue_names())
        return
    if where in ARGUMENTS:
        yield from (maker(*given) for given in ARGUMENTS[where])
        return
    needed = needed_by(maker)
    if not needed:
        yield maker()
    elif needed == ["language"]:
        yield from (maker(language) for language in LANGUAGES)


def in_value(where: str, maker: str, value: Any, everything: str) -> Iterator[FoundPattern]:
    """Yield the patterns in what a function made: in tuples, mappings, fields of dataclasses."""
    if isinstance(value, re.Pattern):
        yield FoundPattern(where, value, called(rf"\b{maker}\([^()]*\)", everything))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from in_value(where, maker, inner, everything)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from in_value(where, maker, inner, everything)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if isinstance(inner, re.Pattern):
                methods = called(rf"\.{field.name}", everything, passed=False)
                yield FoundPattern(f"{where}.{field.name}", inner, methods)
            elif isinstance(inner, tuple):
                yield from in_value(f"{where}.{field.name}", maker, inner, everything)


def written_in_place(module: ModuleType, source: str) -> Iterator[FoundPattern]:
    """Yield the patterns of calls such as `re.sub("a+", ...)`."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "re"
            and node.func.attr != "compile"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            where = f"{module.__name__}:{node.lineno}"
            yield FoundPattern(where, re.compile(node.args[0].value), frozenset({node.func.attr}))
