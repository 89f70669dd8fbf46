"""Given replies are found as likely as transformers finds them, and engines judge together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from tiny_decoders import END, own, tiny_decoder

from models.decoding.batch import Prompt
from models.decoding.greedy import Decoder
from models.decoding.lm_head import IMPOSSIBLE
from models.decoding.scoring import Reply
from models.engine import Decoding, Hypothesis, Segment
from models.routing.reranking import CHUNK, RerankingTranslator


@pytest.fixture(scope="module", params=["qwen2", "gemma3"])
def model(request: pytest.FixtureRequest) -> Any:
    return tiny_decoder(request.param)


def decoder(model: Any, allowed: torch.Tensor | None = None) -> Decoder:
    return Decoder(own(model), pad_id=0, max_batch_tokens=4096, max_batch_size=8, allowed=allowed)


def by_transformers(model: Any, reply: Reply) -> float:
    ids = torch.tensor([[*reply.prompt, *reply.ids]])
    with torch.inference_mode():
        chances = model(ids).logits[0].float().log_softmax(dim=-1)
    places = range(len(reply.prompt) - 1, ids.shape[1] - 1)
    found = [float(chances[p, t]) for p, t in zip(places, reply.ids, strict=True)]
    return sum(found) / len(found)


REPLIES = [
    Reply((5, 9, 11, 40, 41), (7, 8, END)),
    Reply((5, 9, 11, 40, 41), (60, END)),
    Reply((5, 9, 70), (33, 34, 35, 36, 37, END)),
    Reply((5, 9, 11, 12, 13, 14, 15, 16), (END,)),
    Reply((5, 9, 11, 40, 41), (7, 8, END)),
]


def test_replies_are_as_likely_as_transformers_finds_them(model: Any) -> None:
    found = decoder(model).log_probabilities(REPLIES)
    assert found == pytest.approx([by_transformers(model, reply) for reply in REPLIES], abs=1e-4)
    assert found[0] == found[4]


def test_replies_that_need_several_batches_keep_their_places(model: Any) -> None:
    replies = [Reply((5, 9, n), tuple(range(3, 3 + 60 - n % 7))) for n in range(20, 60)]
    found = decoder(model).log_probabilities(replies)
    assert found == pytest.approx([by_transformers(model, reply) for reply in replies], abs=1e-4)


def test_what_greedy_search_writes_is_likelier_than_what_it_does_not(model: Any) -> None:
    prompt = Prompt((5, 9, 11), max_new_tokens=4, stop_ids=frozenset({END}))
    ((_, written),) = decoder(model).run([prompt])
    other = tuple((token + 1) % 97 for token in written.ids)
    first, second = decoder(model).log_probabilities(
        [Reply(tuple(prompt.ids), ids) for ids in (written.ids, other)]
    )
    assert first > second


def test_a_token_that_cannot_be_written_is_as_good_as_impossible(model: Any) -> None:
    narrow = decoder(model, allowed=torch.tensor([END, 7, 8, 60]))
    inside, outside = narrow.log_probabilities([Reply((5, 9), (7, 8)), Reply((5, 9), (50, 96))])
    assert outside == IMPOSSIBLE
    assert inside > IMPOSSIBLE
    assert inside > decoder(model).log_probabilities([Reply((5, 9), (7, 8))])[0]


def test_no_replies_are_no_work(model: Any) -> None:
    assert decoder(model).log_probabilities([]) == []


@dataclass
class Opinionated:
    """Proposes the same to everything, and finds likely what its list says."""

    identity: str
    proposal: str
    others: tuple[str, ...]
    opinion: Mapping[str, float]
    beams: int = 0

    def has_route(self, source: str, target: str) -> bool:
        return source == self.identity or target == "en"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        self.beams = decoding.num_beams
        for index in reversed(range(len(segments))):
            yield index, Hypothesis(self.proposal, 5, "stop", self.identity, self.others)

    def log_probabilities(self, translations: Sequence[tuple[Segment, str]]) -> list[float]:
        return [self.opinion[text] for _, text in translations]


def test_the_likeliest_under_both_wins_and_the_rest_are_its_alternatives() -> None:
    one = Opinionated("one", "a", ("b", "not judged"), {"a": -0.1, "b": -0.3, "c": -2.0})
    two = Opinionated("two", "c", (), {"a": -1.5, "b": -0.4, "c": -0.2})
    joint = RerankingTranslator(one, two)
    segments = [Segment(str(n), "ru", "en") for n in range(CHUNK + 3)]
    found = dict(joint.translate(segments, decoding=Decoding(num_beams=4)))
    assert sorted(found) == list(range(len(segments)))
    assert {(h.text, h.alternatives, h.tokens, h.model) for h in found.values()} == {
        ("b", ("a", "c"), 10, "one")
    }
    assert (one.beams, two.beams) == (4, 1)
    assert joint.identity == "jointly one and two"
    assert joint.has_route("ru", "en")
    assert not joint.has_route("one", "fr")  # two does not know it


def test_what_both_propose_is_judged_once() -> None:
    one = Opinionated("one", "a", (), {"a": -0.1})
    two = Opinionated("two", "a", (), {"a": -0.1})
    segment = Segment("x", "ru", "en")
    ((_, found),) = RerankingTranslator(one, two).translate([segment], decoding=Decoding())
    assert (found.text, found.alternatives) == ("a", ())
