"""The judge of support: verdicts, evidence, words that nobody vouches for."""

from __future__ import annotations

from pipeline.stages.grounding.judge import Candidate, Claim, Judge
from pipeline.stages.grounding.overlap import OverlapJudge, words

SOURCE = [
    Candidate("The harbour of Port Ellery was closed on Tuesday after a storm.", "en"),
    Candidate("Two ferries stayed at their moorings.", "en"),
    Candidate("Мэр Волкова обещала помощь рыбакам.", "ru", "Mayor Volkova promised help."),
]


def test_words_keep_every_alphabet() -> None:
    assert words("Мэр Волкова, 3.5 % — d’accord!") == ["мэр", "волкова", "3.5", "d'accord"]


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
