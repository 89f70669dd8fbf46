"""The tokenizer of a model, from tokenizer.json alone.

transformers' class around the same library takes most of a second to import, reads the file six
times in `AutoTokenizer`, and is needed for the templates of chats only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from models.quiet import quiet_transformers

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class TextTokenizer:
    """Texts to token ids and back, as transformers' PreTrainedTokenizerFast does.

    `special_tokens_map` holds the special tokens by name, such as "eos_token"; `chat_template` is
    None for a model that does not chat.
    """

    def __init__(
        self,
        path: Path,
        backend: Tokenizer,
        *,
        special_tokens_map: Mapping[str, str],
        chat_template: str | None,
    ) -> None:
        self.special_tokens_map = MappingProxyType(dict(special_tokens_map))
        self.chat_template = chat_template
        self._path = path
        self._backend = backend
        backend.no_truncation()
        backend.no_padding()

    @property
    def eos_token_id(self) -> int | None:
        """The id of the token that ends a text, if there is one."""
        return self._id("eos_token")

    @property
    def pad_token_id(self) -> int | None:
        """The id of the token that fills a row up, if there is one."""
        return self._id("pad_token")

    @property
    def bos_token_id(self) -> int | None:
        """The id of the token that begins a text, if there is one."""
        return self._id("bos_token")

    @property
    def added_ids(self) -> frozenset[int]:
        """The ids of all tokens that were added to the vocabulary: the model's control tokens."""
        return frozenset(self._backend.get_added_tokens_decoder())

    @property
    def all_special_ids(self) -> list[int]:
        """The ids of the special tokens that have names."""
        found = (self._backend.token_to_id(token) for token in self.special_tokens_map.values())
        return list(dict.fromkeys(id_ for id_ in found if id_ is not None))

    def get_vocab(self) -> dict[str, int]:
        """Return the id of each token, added ones included."""
        return self._backend.get_vocab(with_added_tokens=True)

    def __call__(
        self,
        text: str | Sequence[str],
        *,
        add_special_tokens: bool = True,
        split_special_tokens: bool = False,
        return_offsets_mapping: bool = False,
        verbose: bool = True,
    ) -> dict[str, Any]:
        """Return `input_ids`, and on demand `offset_mapping`, of a text or of each of several.

        With `split_special_tokens` a special token that the text spells out is text. `verbose` is
        there for callers who may have transformers' class, too: nothing is said here.
        """
        self._backend.encode_special_tokens = split_special_tokens
        texts = [text] if isinstance(text, str) else list(text)
        encoded = self._backend.encode_batch(texts, add_special_tokens=add_special_tokens)
        found: dict[str, Any] = {"input_ids": [one.ids for one in encoded]}
        if return_offsets_mapping:
            found["offset_mapping"] = [one.offsets for one in encoded]
        return {name: rows[0] for name, rows in found.items()} if isinstance(text, str) else found

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = False) -> str:
        """Return the text of token ids."""
        return self._backend.decode(list(ids), skip_special_tokens=skip_special_tokens)

    def apply_chat_template(
        self, messages: Sequence[Mapping[str, str]], **options: Any
    ) -> list[int]:
        """Return the token ids of a chat; `options` are those of transformers' method."""
        ids: list[int] = self._of_transformers.apply_chat_template(messages, **options)
        return ids

    @cached_property
    def _of_transformers(self) -> Any:
        with quiet_transformers():
            from transformers import PreTrainedTokenizerFast

            found: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
                tokenizer_file=str(self._path),
                chat_template=self.chat_template,
                **self.special_tokens_map,
            )
        self._backend = found.backend_tokenizer  # one of the two is enough
        return found

    def _id(self, name: str) -> int | None:
        token = self.special_tokens_map.get(name)
        found: int | None = None if token is None else self._backend.token_to_id(token)
        return found
