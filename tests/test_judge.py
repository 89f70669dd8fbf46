"""The judge of support: verdicts, evidence, words that nobody vouches for."""

from __future__ import annotations

import pytest

from models.fake import ScriptedEncoder, ScriptedLikelihood
from pipeline.stages.grounding.classifier import probability
from pipeline.stages.grounding.features import features, of_likelihood, way_of
from pipeline.stages.grounding.judge import Candidate, Claim, Judge
from pipeline.stages.grounding.ngrams import changes, longest_run, words
from pipeline.stages.grounding.overlap import OverlapJudge
from pipeline.stages.grounding.retrieve import retrieve
from pipeline.stages.grounding.support import SupportJudge

SOURCE = [
    Candidate("The harbour of Port Ellery was closed on Tuesday after a storm.", "en"),
    Candidate("Two ferries stayed at their moorings.", "en"),
    Candidate("Мэр Волкова обещала помощь рыбакам.", "ru", "Mayor Volkova promised help."),
]


def test_words_keep_every_alphabet() -> None:
    assert words("Мэр Волкова, 3.5 % — d’accord!") == ("мэр", "волкова", "3.5", "d'accord")


def test_overlap_finds_the_sentence_and_the_words_that_nobody_vouches_for() -> None:
    judge: Judge = OverlapJudge()
    true, false = judge.judge(
        [
            Claim("Mayor Volkova promised help.", "en"),
            Claim("Mayor Petrova closed three banks.", "en"),
        ],
        SOURCE,
    )
    assert true.evidence[0][0] == 2
    assert true.support > 0.5 > false.support
    assert true.unsupported == ()
    assert false.unsupported == ("Petrova", "three", "banks")


def test_nothing_to_read_is_no_support() -> None:
    (verdict,) = OverlapJudge().judge([Claim("Anything at all.", "en")], [])
    assert (verdict.support, verdict.evidence) == (0.0, ())


# Words, runs and changes


def test_words_close_the_gaps_that_tokenizers_leave_in_figures() -> None:
    assert words("Some 1, 250 came; 3. 5 % left, d’accord") == (
        "some", "1,250", "came", "3.5", "left", "d'accord",
    )  # fmt: skip


def test_a_run_and_a_change_are_counted_in_words() -> None:
    said = words("The port was opened on Tuesday after a storm")
    text = words("Officials said the port was closed on Tuesday after a storm, again")
    assert longest_run(said, [text]) == 5
    assert changes(said, text) == (1, 0)


# Signs


def signs(claim: str, *texts: str, language: str = "en") -> dict[str, float]:
    candidates = [Candidate(text, "en") for text in texts]
    asked = Claim(claim, language)
    return dict(features(asked, candidates, retrieve(asked, candidates)))


HARBOUR = "The harbour of Port Ellery was closed on Tuesday after 12 ferries were damaged."


@pytest.mark.parametrize(
    ("claim", "sign"),
    [
        ("The harbour of Port Ellery was closed after 21 ferries were damaged.", "figures"),
        ("The harbour of Port Dorset was closed on Tuesday.", "names"),
        ("The harbour of Port Ellery was closed on Friday.", "figures"),
        ("The harbour of Port Ellery was opened on Tuesday.", "opposed"),
        ("The harbour of Port Ellery was not closed on Tuesday.", "denies"),
        ("The harbour of Port Ellery was sold on Tuesday.", "replaced"),
    ],
)
def test_a_changed_fact_is_a_sign_against_the_claim(claim: str, sign: str) -> None:
    true = signs("The harbour of Port Ellery was closed on Tuesday.", HARBOUR)
    assert true[sign] == 0
    found = signs(claim, HARBOUR)
    assert found[sign] > 0
    least, most = (probability(s, way="direct", level="words") for s in (found, true))
    assert least < most


def test_likelihood_gives_its_mean_its_least_and_its_gain() -> None:
    found = of_likelihood((-1.0, -5.0, -0.5, -0.5, -3.0), (-2.0, -4.0))
    assert found == pytest.approx({"likelihood": -2.0, "least_likely": -3.0, "gain": 1.0})


def test_the_way_depends_on_languages_and_translations() -> None:
    claim = Claim("It rained.", "en")
    russian, translated = Candidate("Шёл дождь.", "ru"), Candidate("Шёл дождь.", "ru", "It rained.")
    assert way_of(claim, [Candidate("It rained.", "en")]) == "direct"
    assert way_of(claim, [translated]) == "translated"
    assert way_of(claim, [russian, translated]) == "across"


# The judge


def about_ferries(text: str) -> tuple[float, float]:
    return (1.0, 0.1) if "ferr" in text.lower() or "паром" in text.lower() else (0.1, 1.0)


RUSSIAN = [
    Candidate("Порт закрыт со вторника.", "ru"),
    Candidate("Два парома остались у причала.", "ru"),
    Candidate("Музей открылся в мае.", "ru"),
]


def test_the_encoder_finds_evidence_in_another_language() -> None:
    encoder = ScriptedEncoder(about_ferries)
    judge: Judge = SupportJudge(encoder=encoder)
    (verdict,) = judge.judge([Claim("Two ferries stayed at their moorings.", "en")], RUSSIAN)
    assert verdict.evidence[0][0] == 1
    assert 0 <= verdict.support <= 1
    assert "scripted" in judge.identity


def test_the_vectors_of_a_document_are_made_once() -> None:
    encoder = ScriptedEncoder(about_ferries)
    judge = SupportJudge(encoder=encoder)
    for claim in ("Two ferries stayed.", "The museum opened in May."):
        judge.judge([Claim(claim, "en")], RUSSIAN)
    assert [encoder.asked.count(candidate.text) for candidate in RUSSIAN] == [1, 1, 1]


def test_a_wrong_figure_across_languages_is_less_supported_and_is_named() -> None:
    judge = SupportJudge(encoder=ScriptedEncoder(about_ferries))
    source = [Candidate("У причала остались 14 паромов.", "ru")]
    true, false = judge.judge(
        [Claim("14 ferries stayed.", "en"), Claim("41 ferries stayed.", "en")], source
    )
    assert true.support > false.support
    assert (true.unsupported, false.unsupported) == ((), ("41",))


def test_a_wrong_original_speaks_against_a_claim_that_its_translation_supports() -> None:
    claim = Claim("41 ferries stayed at the berth.", "en")
    right, wrong = (
        Candidate(f"У причала остался {n} паром.", "ru", "41 ferries stayed at the berth.")
        for n in (41, 14)
    )
    (true,), (false,) = (SupportJudge().judge([claim], [source]) for source in (right, wrong))
    assert true.support > false.support


def test_without_models_words_and_facts_tell_support() -> None:
    candidates = [Candidate(HARBOUR, "en"), Candidate("The museum opened in May.", "en")]
    true, false = SupportJudge().judge(
        [
            Claim("The harbour of Port Ellery was closed on Tuesday.", "en"),
            Claim("Mayor Petrova sold 30 banks in Dorset.", "en"),
        ],
        candidates,
    )
    assert true.support > 0.5 > false.support
    assert true.evidence[0][0] == 0
    assert set(false.unsupported) >= {"Petrova", "30", "Dorset"}
    assert SupportJudge().judge([], candidates) == []
    (nothing,) = SupportJudge().judge([Claim("Anything at all.", "en")], [])
    assert (nothing.support, nothing.evidence) == (0.0, ())


def test_the_language_model_is_asked_for_all_claims_at_once_if_there_are_weights_for_it() -> None:
    likelihood = ScriptedLikelihood(lambda evidence, claim: (-1.0, -2.0))
    judge = SupportJudge(likelihood=likelihood)
    judge.judge([Claim("It rained.", "en")], [Candidate("It rained.", "en")])
    assert likelihood.asked in ([], [("It rained.", "It rained."), ("", "It rained.")])


@pytest.mark.parametrize(
    ("claim", "texts"),
    [
        ("It sank by 98.7 metres.", ("It sank by 98.", "7 metres, they say.")),
        ("Some 30, 000 people came.", ("Some 30,000 people came.",)),
        ("Some 30,000 people came.", ("Some 30, 000 people came.",)),
    ],
)
def test_gaps_that_tokenizers_leave_make_no_figure_wrong(
    claim: str, texts: tuple[str, ...]
) -> None:
    assert signs(claim, *texts)["figures"] == signs(claim, *texts)["figures_apart"] == 0
    assert signs(claim.replace("0", "9").replace("8", "6"), *texts)["figures"] > 0


def test_a_figure_of_another_matter_is_told_from_one_that_stands_nowhere() -> None:
    near = ("Ada Reed, 31, swims.", "Ada Reed swims well.", "Ada Reed swims far.")
    texts = (*near, "Bells of 40 churches rang.")
    found = [signs(f"Ada Reed, {age}, swims.", *texts) for age in (31, 40, 52)]
    assert [(s["figures"], s["figures_apart"]) for s in found] == [(0, 0), (0, 1), (1, 0)]
