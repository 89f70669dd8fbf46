"""The judge of support: verdicts, evidence, words that nobody vouches for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.fake import ScriptedEncoder, ScriptedReader, ScriptedScorer
from pipeline.stages.grounding.classifier import probability
from pipeline.stages.grounding.features import features, way_of
from pipeline.stages.grounding.judge import Candidate, Claim, Judge
from pipeline.stages.grounding.ngrams import changes, longest_run, words
from pipeline.stages.grounding.overlap import OverlapJudge
from pipeline.stages.grounding.reading import probes
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


def test_the_chat_model_reads_what_is_near_in_translation_and_what_is_shown_as_it_is() -> None:
    reader = ScriptedReader(lambda evidence, word: probe_state(word in evidence.split()))
    claims = [Claim("Mayor Volkova promised help.", "en"), Claim("Two ferries stayed.", "en")]
    SupportJudge(reader=reader).judge(claims, SOURCE)
    translated = f"{SOURCE[0].text} {SOURCE[1].text} {SOURCE[2].translation}"
    assert reader.asked == [
        (translated, claims[0].text),
        (SOURCE[2].text, claims[0].text),
        (translated, claims[1].text),
    ]
    reader.asked.clear()
    SupportJudge(reader=reader).judge(claims[:1], [Candidate(SOURCE[2].text, "ru")])
    assert reader.asked == [(SOURCE[2].text, claims[0].text)]


def test_the_translator_is_not_asked_where_the_chat_model_has_read_a_translation() -> None:
    scorer = ScriptedScorer(lambda segment, text, word: -1.0)
    reader = ScriptedReader(lambda evidence, word: probe_state(fits=True))
    claim = [Claim("Mayor Volkova promised help.", "en")]
    SupportJudge(reader=reader, scorer=scorer).judge(claim, SOURCE[2:])
    assert scorer.asked == []
    SupportJudge(reader=reader, scorer=scorer).judge(claim, [Candidate(SOURCE[2].text, "ru")])
    SupportJudge(scorer=scorer).judge(claim, SOURCE[2:])
    assert len({segment.text for segment, _ in scorer.asked}) == 1 < len(scorer.asked)


def test_one_word_that_does_not_fit_makes_a_claim_less_supported() -> None:
    reader = ScriptedReader(lambda evidence, word: probe_state(word.strip(".") in evidence))
    source = [Candidate("Two ferries stayed at their moorings.", "en")]
    claims = [Claim(f"Two {what} stayed at their moorings.", "en") for what in ("ferries", "tugs")]
    true, false = SupportJudge(reader=reader).judge(claims, source)
    (plain,) = SupportJudge().judge(claims[1:], source)
    assert false.support < plain.support
    assert false.support < 0.5 < true.support


def probe_state(fits: bool) -> NDArray[np.float32]:
    """Return the state of a token that fits what was read before it, or does not."""
    weights = np.asarray(probes().direct.weights, dtype=np.float32)
    found: NDArray[np.float32] = (4 if fits else -4) * weights / (weights @ weights)
    return found


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
