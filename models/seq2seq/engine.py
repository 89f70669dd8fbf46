"""Encoder-decoder models as engines: OPUS-MT, NLLB, M2M-100, mBART; mT5, BART, Pegasus."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from models.engine import Decoding, Finish, Hypothesis, Passage, Segment
from models.errors import EngineError
from models.seq2seq.language_tokens import Route, find_route
from models.seq2seq.model import Seq2SeqModel

CHARS_PER_TOKEN = 3  # of news in a vocabulary that was made for it, to be on the safe side
SENTENCE_TOKENS = 60  # a long news sentence
_PAIR = re.compile(r"[a-z]{2,3}(-\w+)*-[a-z]{2,3}(-\w+)*")
_BREAK = re.compile(r"\s+")


class Seq2SeqTranslator:
    """Encoder-decoder models that translate. Implements `models.engine.Translator`.

    `pairs` maps "source-target", as in "ru-en", to a model for that pair. `name_or_path` names the
    model for all other pairs, multilingual if there are several; empty, there is none. `device` and
    `dtype` are "auto" or a torch name. `max_batch_tokens` bounds rows x (source + output), every
    beam being a row; `max_batch_size` bounds the segments in a batch.
    """

    def __init__(
        self,
        name_or_path: str,
        *,
        pairs: Mapping[str, str] | None = None,
        device: str = "auto",
        dtype: str = "auto",
        max_batch_tokens: int = 4096,
        max_batch_size: int = 64,
    ) -> None:
        self._name = name_or_path
        self._pairs = dict(pairs or {})
        for pair in self._pairs:
            if not _PAIR.fullmatch(pair):
                raise EngineError(
                    f"hub.translators: {pair!r} is no pair of languages", hint='write it as "ru-en"'
                )
        self._models = {
            name: Seq2SeqModel(
                name,
                device=device,
                dtype=dtype,
                max_batch_tokens=max_batch_tokens,
                max_batch_size=max_batch_size,
            )
            for name in {name_or_path, *self._pairs.values()} - {""}
        }

    @cached_property
    def identity(self) -> str:
        """Every model with its revision and number format; nothing is loaded to find it."""
        named = {f"{pair}: ": name for pair, name in sorted(self._pairs.items())}
        return "; ".join(
            label + self._models[name].identity
            for label, name in {"": self._name, **named}.items()
            if name
        )

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether there is a model for this pair, or one for all pairs with both languages.

        Loads the tokenizer of the model for all pairs. Raises EngineError for one that is damaged.
        """
        if f"{source}-{target}" in self._pairs:
            return True
        if not self._name:
            return False
        tokenizer = self._models[self._name].tokenizer
        try:
            find_route(tokenizer, name=self._name, source=source, target=target)
        except EngineError:  # no fault, but the answer: the tokenizer has no such language
            return False
        return True

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment, batch after batch.

        Raises EngineError for a language that the model lacks, and for a segment that is longer
        than the model reads: no segment is cut.
        """
        for source, target in sorted({(s.source, s.target) for s in segments}):
            name = self._pairs.get(f"{source}-{target}", self._name)
            if not name:
                raise EngineError(
                    f"no model translates from {source!r} into {target!r}",
                    hint=f'name one for "{source}-{target}" in hub.translators, or one for all'
                    " pairs in hub.translator",
                )
            model = self._models[name]
            texts = {
                i: s.text
                for i, s in enumerate(segments)
                if (s.source, s.target) == (source, target)
            }
            yield from self._translate(model, texts, source, target, decoding)

    def _translate(
        self,
        model: Seq2SeqModel,
        texts: Mapping[int, str],
        source: str,
        target: str,
        decoding: Decoding,
    ) -> Iterator[tuple[int, Hypothesis]]:
        wanted = []
        for index, text in texts.items():
            if text.strip():
                wanted.append(index)
            else:  # a model given nothing invents something
                yield index, Hypothesis("", 0, "stop", model.identity)
        if not wanted:
            return
        route = find_route(model.tokenizer, name=str(model.name), source=source, target=target)
        sources = [model.source_ids(" ".join(texts[i].split()), route=route) for i in wanted]
        for index, ids in zip(wanted, sources, strict=True):
            if len(ids) > model.max_source_tokens:
                raise EngineError(
                    f"segment of {len(texts[index])} characters, {texts[index][:40]!r}...: has"
                    f" {len(ids)} tokens, and {model.name} reads {model.max_source_tokens}",
                    hint="lower translate.max_sentence_chars",
                )
        caps = [model.cap(len(ids), decoding) for ids in sources]
        for position, hypothesis in model.run(sources, caps, route=route, decoding=decoding):
            yield wanted[position], hypothesis


class Seq2SeqSummariser:
    """An encoder-decoder model that summarises. Implements `models.engine.Summariser`.

    Arguments are those of `Seq2SeqTranslator`. The model must know the language of its passages:
    BART and Pegasus know English alone.
    """

    def __init__(
        self,
        name_or_path: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        max_batch_tokens: int = 4096,
        max_batch_size: int = 64,
    ) -> None:
        self._model = Seq2SeqModel(
            name_or_path,
            device=device,
            dtype=dtype,
            max_batch_tokens=max_batch_tokens,
            max_batch_size=max_batch_size,
        )

    @property
    def identity(self) -> str:
        """Model, revision and number format; nothing is loaded to find it."""
        return self._model.identity

    @cached_property
    def max_source_chars(self) -> int:
        """The longest passage, in characters, that is read whole; longer ones must be split."""
        marks = len(self._model.source_ids("", route=Route(prefix=self._prefix)))
        return max(1, self._model.max_source_tokens - marks) * CHARS_PER_TOKEN

    def summarise(
        self, passages: Sequence[Passage], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every passage, as soon as it is finished.

        A passage within `max_source_chars` can still have too many tokens for the encoder (tables,
        names). It is read in parts, and its hypothesis joins those of the parts.
        Raises EngineError for a passage above `max_source_chars`: no passage is cut.
        """
        for language in sorted({p.language for p in passages}):
            indices = [i for i, p in enumerate(passages) if p.language == language]
            yield from self._summarise(passages, indices, language, decoding)

    def _summarise(
        self, passages: Sequence[Passage], indices: Sequence[int], language: str, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        model = self._model
        route = find_route(model.tokenizer, name=str(model.name), source=language, target=language)
        if route == Route():
            route = Route(prefix=self._prefix)
        owners: list[int] = []
        sources: list[list[int]] = []
        caps: list[int] = []
        open_parts: dict[int, dict[int, Hypothesis | None]] = {}
        for index in indices:
            passage = passages[index]
            if not passage.text.strip():
                yield index, Hypothesis("", 0, "stop", model.identity)
                continue
            parts = self._parts(passage.text, route)
            open_parts[index] = {len(sources) + n: None for n in range(len(parts))}
            for ids in parts:
                owners.append(index)
                sources.append(ids)
                most = passage.max_sentences * SENTENCE_TOKENS
                caps.append(min(most, model.cap(len(ids), decoding)))
        for position, hypothesis in model.run(sources, caps, route=route, decoding=decoding):
            index = owners[position]
            open_parts[index][position] = hypothesis
            done = [h for h in open_parts[index].values() if h is not None]
            if len(done) == len(open_parts[index]):
                yield index, _joined(done)

    @cached_property
    def _prefix(self) -> str:
        """The task prefix that the model was trained with for summaries, as T5 was; else empty."""
        tasks = getattr(self._model.config, "task_specific_params", None) or {}
        return str(tasks.get("summarization", {}).get("prefix") or "")

    def _parts(self, text: str, route: Route) -> list[list[int]]:
        """Return the token ids of `text`, in as many parts as the encoder needs."""
        ids = self._model.source_ids(text, route=route)
        limit = self._model.max_source_tokens
        if len(ids) <= limit:
            return [ids]
        if len(text) > self.max_source_chars or len(text) < 2:
            raise EngineError(
                f"passage of {len(text)} characters, {text[:40]!r}...: has {len(ids)} tokens, and"
                f" {self._model.name} reads {limit}",
                hint=f"split it into passages of at most {self.max_source_chars} characters",
            )
        middle = _middle(text)
        return [*self._parts(text[:middle], route), *self._parts(text[middle:], route)]


def _middle(text: str) -> int:
    """Return where to cut a text in two: at the white space nearest to its middle."""
    ends = [m.end() for m in _BREAK.finditer(text) if m.start() > 0 and m.end() < len(text)]
    return min(ends, key=lambda end: abs(2 * end - len(text)), default=len(text) // 2)


def _joined(parts: Sequence[Hypothesis]) -> Hypothesis:
    if len(parts) == 1:
        return parts[0]
    finishes: set[Finish] = {part.finish for part in parts}
    finish: Finish = "loop" if "loop" in finishes else "length" if "length" in finishes else "stop"
    return Hypothesis(
        text=" ".join(part.text for part in parts if part.text),
        tokens=sum(part.tokens for part in parts),
        finish=finish,
        model=parts[0].model,
    )
