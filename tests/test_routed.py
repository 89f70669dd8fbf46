"""A specialist gets its routes, the other engine the rest, and every answer its own place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from models.engine import JOINT, SECOND, SUITING, Decoding, Hypothesis, Segment
from models.fake import ScriptedTranslator
from models.routing.routed import RoutedTranslator


@dataclass
class IntoEnglish:
    """Knows Russian to English, and remembers how it was asked to decode."""

    identity: str = "specialist"
    decodings: list[Decoding] = field(default_factory=list)

    def has_route(self, source: str, target: str) -> bool:
        return (source, target) == ("ru", "en")

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        self.decodings.append(decoding)
        for index, segment in enumerate(segments):
            yield index, Hypothesis(f"special {segment.text}", 1, "stop", self.identity)


def test_each_segment_goes_where_its_route_is_and_comes_back_to_its_place() -> None:
    specialist, generalist = IntoEnglish(), ScriptedTranslator(lambda s: f"general {s.text}")
    routed = RoutedTranslator([specialist], generalist)
    segments = [
        Segment("a", "ru", "en"), Segment("b", "ru", "fr"), Segment("c", "fr", "en"),
        Segment("d", "ru", "en"),
    ]  # fmt: skip
    found = dict(routed.translate(segments, decoding=Decoding(num_beams=4)))
    assert [found[i].text for i in range(4)] == [
        "special a", "general b", "general c", "special d",
    ]  # fmt: skip
    assert found[0].model == "specialist"
    assert found[1].model == "scripted"
    assert [d.num_beams for d in specialist.decodings] == [4]


def test_a_text_of_one_word_goes_to_the_specialist_too() -> None:
    specialist, generalist = IntoEnglish(), ScriptedTranslator(lambda s: f"general {s.text}")
    found = dict(RoutedTranslator([specialist], generalist).translate(
        [Segment("a", "ru", "en")], decoding=Decoding()
    ))  # fmt: skip
    assert found[0].text == "special a"


def test_other_opinions_are_those_of_the_generalist_and_of_the_jury() -> None:
    specialist, generalist = IntoEnglish(), ScriptedTranslator(lambda s: f"general {s.text}")
    jury = IntoEnglish("jury")
    routed = RoutedTranslator([specialist], generalist, jury)
    opinions = (SUITING, SECOND, JOINT)
    segments = [Segment("a", "ru", "en", opinion=opinion) for opinion in opinions]
    found = dict(routed.translate(segments, decoding=Decoding()))
    assert [found[i].text for i in range(3)] == ["special a", "general a", "special a"]
    assert [found[i].model for i in range(3)] == ["specialist", "scripted", "jury"]
    assert routed.has_jury(Segment("a", "ru", "en"))
    assert not routed.has_jury(Segment("a", "fr", "en"))
    assert not RoutedTranslator([specialist], generalist).has_jury(Segment("a", "ru", "en"))


@dataclass
class OutOfEnglish(IntoEnglish):
    """Knows English to French as well."""

    def has_route(self, source: str, target: str) -> bool:
        return (source, target) in {("ru", "en"), ("en", "fr")}


def test_of_two_specialists_the_first_that_has_the_route_is_asked() -> None:
    routed = RoutedTranslator(
        [IntoEnglish("first"), OutOfEnglish("second")], ScriptedTranslator(str)
    )
    segments = [
        Segment("a b", "ru", "en"), Segment("a b", "en", "fr"), Segment("a b", "ru", "fr"),
        Segment("a", "en", "fr"), Segment("a b", "en", "fr", opinion=SECOND),
    ]  # fmt: skip
    found = dict(routed.translate(segments, decoding=Decoding()))
    assert [found[i].model for i in range(5)] == [
        "first", "second", "scripted", "second", "scripted",
    ]  # fmt: skip
    assert [routed.has_second_opinion(s) for s in segments] == [True, True, False, True, False]


def test_a_way_through_another_language_is_better_than_none_but_not_between_neighbours() -> None:
    routed = RoutedTranslator(
        [IntoEnglish(), OutOfEnglish()], ScriptedTranslator(str), general_routes={("ru", "uk")}
    )
    pairs = [("ru", "en"), ("en", "fr"), ("ru", "uk"), ("ru", "fr"), ("uk", "ru")]
    assert [routed.has_route(*pair) for pair in pairs] == [True, True, True, False, False]


def test_an_engine_without_work_is_not_asked() -> None:
    specialist, generalist = IntoEnglish(), ScriptedTranslator(lambda s: s.text)
    routed = RoutedTranslator([specialist], generalist)
    assert dict(routed.translate([], decoding=Decoding())) == {}
    list(routed.translate([Segment("b", "fr", "ru")], decoding=Decoding()))
    assert specialist.decodings == []
    assert [s.text for s in generalist.asked] == ["b"]


def test_its_identity_changes_with_either_engine() -> None:
    one = RoutedTranslator([IntoEnglish()], ScriptedTranslator(str))
    assert one.identity != RoutedTranslator([IntoEnglish("new")], ScriptedTranslator(str)).identity
    other = ScriptedTranslator(str, identity="other")
    assert one.identity != RoutedTranslator([IntoEnglish()], other).identity
