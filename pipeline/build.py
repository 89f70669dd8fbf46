"""Configuration to engines and stages: the only place that puts the parts together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from models.engine import (
    Decoding,
    Encoder,
    LanguageIdentifier,
    Routed,
    Segment,
    Summariser,
    Translator,
)
from models.errors import EngineError
from models.languages import find_language
from models.routing.pivot import PivotTranslator
from pipeline.config import Config, SecondOpinion
from pipeline.desk import Desk
from pipeline.errors import ConfigError
from pipeline.lang.evidence import evidence
from pipeline.paths import expanded
from pipeline.profiles import (
    embedded_engines,
    profile_encoder,
    profile_engines,
    profile_judge,
)
from pipeline.progress import Progress
from pipeline.stage import Stage
from pipeline.stages.clean import Clean
from pipeline.stages.dedup import Dedup, Earlier
from pipeline.stages.detect import Detect
from pipeline.stages.doubt import Doubt
from pipeline.stages.ground import Ground
from pipeline.stages.grounding.checks import LEAST_VOUCHED
from pipeline.stages.grounding.judge import Judge
from pipeline.stages.grounding.overlap import OverlapJudge
from pipeline.stages.known_answers import KnownAnswers
from pipeline.stages.known_names import KnownNames
from pipeline.stages.length import Length
from pipeline.stages.naming.glossary import Glossary, load_glossary
from pipeline.stages.naming.names import Names
from pipeline.stages.release import Release
from pipeline.stages.restore import Restore
from pipeline.stages.same_text import SameText
from pipeline.stages.site_chrome import SiteChrome
from pipeline.stages.spell import Spell
from pipeline.stages.summarise import Summarise
from pipeline.stages.translate import Translate
from pipeline.stages.triage.ladder_record import LadderRecord
from pipeline.stages.trust.estimate import TrustEstimator, Trusting, trust_numbers
from pipeline.state.folder import State
from pipeline.state.names import NameMemory
from pipeline.state.remembering import (
    RememberingSummariser,
    RememberingTranslator,
    RememberingTrust,
)
from pipeline.state.removals import RestoreRules

LEAST_SUPPORT = 0.4  # of a sentence: 2 % of the true ones have less (models/weights/README.md)
_LEAST_VOUCHED = 0.34  # share of its words that the text has
_LEAST_OVERLAP = 0.1  # support by nothing but the words that a sentence shares with its evidence


def build(
    config: Config,
    *,
    state: State,
    progress: Progress,
    engines: tuple[Translator, Summariser] | None = None,
    trusting: Trusting | None = None,
    earlier: Earlier | None = None,
    judge: Judge | None = None,
    release: Release | None = None,
) -> Desk:
    """Return the stages that `config` asks for. No model is loaded and nothing is fetched yet.

    `engines` stand in for those of the profile; then `trusting` alone tells the trust in
    translations, if anything does, and the judge of support is one of words, unless `judge` is
    given. `earlier` knows the paragraphs of earlier nights; `release` has the clock and the zone of
    embargoes, by default the clock of the machine and none.
    Raises ConfigError for a target that no model of the profile writes, and for a source that
    cannot be told from other languages.
    """
    sources, routed = config.languages.sources, routed_sources(config)
    encoder = profile_encoder(config) if engines is None else None  # loaded once for all that ask
    translator, summariser = engines or profile_engines(config, encoder=encoder)
    translating = Decoding(
        num_beams=config.translate.num_beams or _own_beams(config),
        max_new_tokens=config.translate.max_new_tokens,
    )
    summarising = Decoding(
        num_beams=config.summarise.num_beams, max_new_tokens=config.summarise.max_new_tokens
    )
    ladder = LadderRecord()
    glossary = _glossary(config)
    remembering = RememberingTranslator(translator, state=state, progress=progress)
    names = Names(
        glossary=glossary,
        memory=NameMemory(state.memory),
        spells_unseen=config.profile == "embedded",
    )
    translate = Translate(
        KnownAnswers(
            _with_pivot(remembering, translator), places_words=config.profile == "embedded"
        ),
        languages=routed,
        target=config.languages.target,
        decoding=translating,
        max_segment_chars=config.translate.max_segment_chars,
        max_sentence_chars=config.translate.max_sentence_chars,
        progress=progress,
        names=names,
        glossary=glossary,
        juries=_where_asked(config, translator, when="always"),
        consults=_where_asked(config, translator, when="names"),
        climbs=config.translate.ladder,
        samples=config.translate.ladder_samples,
        record=ladder,
        trusting=trusting or _trusting(config, encoder, state=state),
    )
    cleaning: list[Stage] = []
    if config.clean_up.boilerplate:
        cleaning.append(Clean())
    cleaning.append(release or Release())
    if config.clean_up.duplicates:
        cleaning.append(
            Dedup(
                near=config.clean_up.near_duplicates,
                threshold=config.clean_up.near_threshold,
                earlier=earlier,
            )
        )
    if config.clean_up.boilerplate:
        cleaning.append(SiteChrome())
    if rules := RestoreRules(state.memory).keys():
        cleaning.append(Restore(rules))
    summarises = RememberingSummariser(summariser, state=state, progress=progress)
    length = Length(
        config.summarise.min_sentences,
        config.summarise.max_sentences,
        config.summarise.max_words or None,
    )
    by_model = judge is not None or (engines is None and config.summarise.judge == "model")
    spelt = partial(names.as_in, target=config.languages.target)
    return Desk(
        reading=(Detect(_identifier(config), languages=sources, translated=routed),),
        cleaning=tuple(cleaning),
        naming=KnownNames(names, target=config.languages.target, sources=translate.sources),
        translating=translate,
        spelling=Spell(translate.settled),
        summarising=Summarise(
            summarises,
            language=None if config.summarise.language == "source" else config.languages.target,
            decoding=summarising,
            length=length,
            progress=progress,
            spelt=spelt,
        ),
        grounding=Ground(
            judge
            or (
                profile_judge(config, encoder=encoder, summariser=summariser, translator=translator)
                if by_model
                else OverlapJudge()
            ),
            summarises,
            decoding=summarising,
            length=length,
            progress=progress,
            least_support=LEAST_SUPPORT if by_model else _LEAST_OVERLAP,
            least_vouched=_LEAST_VOUCHED if by_model else LEAST_VOUCHED,
            spelt=spelt,
        ),
        doubting=Doubt(),
        linking=SameText(target=config.languages.target),
        engines={
            "translate": {"identity": translator.identity, "decoding": asdict(translating)},
            "summarise": {"identity": summariser.identity, "decoding": asdict(summarising)},
        },
        window_documents=config.engine.window_documents,
        ladder=ladder,
    )


def build_encoder(config: Config) -> Encoder | None:
    """Return the encoder that stories are grouped by, loaded on first use; None for none."""
    return profile_encoder(config) if config.stories.group else None


def bare_translator(config: Config, *, state: State, progress: Progress) -> Translator:
    """Return the profile's translator without the stage around it: what the stage is measured by.

    A chat model on this machine is shown no examples either.
    """
    if config.profile == "embedded":
        translator, _ = embedded_engines(config, zero_shot=True)
    else:
        translator, _ = profile_engines(config)
    return RememberingTranslator(translator, state=state, progress=progress)


def _with_pivot(remembering: Translator, engine: Translator) -> Translator:
    """Let an engine that knows its routes go through English where it has no direct one.

    The pivot stands around the memory, so that both halves are remembered.
    """
    if not isinstance(engine, Routed):
        return remembering
    return PivotTranslator(remembering, direct=engine.has_route)


def _trusting(config: Config, encoder: Encoder | None, *, state: State) -> Trusting | None:
    """Return the estimator of trust; None where it is switched off.

    Who translates with a server or models of the Hub needs no weights of ours for it.
    """
    if encoder is None or config.profile != "embedded" or not config.translate.trust:
        return None
    estimator = TrustEstimator(encoder, trust_numbers())
    return RememberingTrust(estimator, state=state)


def _glossary(config: Config) -> Glossary:
    """Return the configured glossary, else the one that Nightdesk comes with."""
    if config.translate.glossary:
        return load_glossary(expanded(config.translate.glossary, named_by="translate.glossary"))
    package = Path(__file__).resolve().parent
    # A wheel carries it within the package (pyproject.toml); a checkout has it beside.
    inside = package / "configs" / "glossary.toml"
    beside = package.parent / "configs" / "glossary.toml"
    return load_glossary(inside if inside.is_file() else beside)


def _own_beams(config: Config) -> int:
    """Return the beams that suit the profile's translator: for a large one each costs more."""
    if config.profile != "embedded":
        return 1
    return {"large": 2, "small": 4}[config.translate.translator]


def _where_asked(
    config: Config, translator: Translator, *, when: SecondOpinion
) -> Callable[[Segment], bool] | None:
    """Return the test for segments that have a second opinion; None unless one is asked `when`."""
    from models.routing.routed import RoutedTranslator

    if config.translate.second_opinion != when:
        return None
    if isinstance(translator, RoutedTranslator):
        return translator.has_jury if when == "always" else translator.has_second_opinion
    if when == "always":
        raise ConfigError(
            f'translate.second_opinion = "always": the profile {config.profile} has one translator',
            hint='leave it out, or set profile = "embedded"',
        )
    return None


def _identifier(config: Config) -> LanguageIdentifier:
    from models.langid.identifier import ProfileIdentifier

    try:
        return ProfileIdentifier(languages=config.languages.sources, evidence=evidence())
    except EngineError as error:
        raise ConfigError(
            f"languages.sources: {error}",
            hint="give its language file a section [langid] with an alphabet and function_words",
        ) from error


def routed_sources(config: Config) -> tuple[str, ...]:
    """Return the sources that can be translated; texts in the others are read, kept and noted.

    A model is asked for a language by its line in `models.languages`; only `hub.translators` can
    name a model for a language without.
    """
    target = config.languages.target
    pairs = config.hub.translators if config.profile == "hub" else {}
    known = {t for t in (*config.languages.sources, target) if find_language(t) is not None}
    routed = [
        t for t in config.languages.sources if {t, target} <= known or f"{t}-{target}" in pairs
    ]
    if target not in known and not routed:
        raise ConfigError(
            f"languages.target: no model of the profile {config.profile} writes {target!r}",
            hint="name a language that models/languages.py has, such as en",
        )
    return tuple(routed)
