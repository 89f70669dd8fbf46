"""The sentences of a document as claims about it are checked against them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pipeline.stages.grounding.judge import Candidate
from pipeline.stages.grounding.overlap import readable
from pipeline.stages.grounding.wording import Forms, Wording, content_words


class Original:
    """Sentences that may be evidence, in reading order, for claims in `language`.

    `around` is text of the document beside them that vouches for names and dates: its title, its
    date, its publisher. `orders` are sentences of the document that give orders to a machine.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        language: str,
        around: str = "",
        orders: Sequence[str] = (),
    ) -> None:
        self.candidates = tuple(candidates)
        self.language = language
        self.around = around
        self.orders = tuple(orders)
        self.readable = [readable(candidate, language) for candidate in candidates]

    @cached_property
    def wording(self) -> Wording:
        """The words of the sentences, in the language of the claims."""
        return Wording(self.readable, language=self.language)

    @cached_property
    def planted(self) -> Forms:
        """The words, grammar aside, that stand in orders to a machine and nowhere else."""
        found = (w for order in self.orders for w in content_words(order, self.language))
        return Forms(w for w in found if not self.wording.forms.has(w))

    @cached_property
    def texts(self) -> dict[str, str]:
        """The whole original, by language."""
        return self.texts_of(range(len(self.candidates)))

    def texts_of(self, indices: Sequence[int]) -> dict[str, str]:
        """Return the originals of some sentences as one text for each language."""
        found: dict[str, list[str]] = {}
        for i in indices:
            candidate = self.candidates[i]
            found.setdefault(candidate.language, []).append(candidate.text)
        return {language: "\n".join(texts) for language, texts in found.items()}

    def translation_of(self, indices: Sequence[int]) -> str:
        """Return some sentences in the language of the claims, as one text."""
        return "\n".join(self.readable[i] for i in indices)
