"""Language tags, and what the models call them."""

from __future__ import annotations

import pytest
from transformers.models.m2m_100.tokenization_m2m_100 import (
    FAIRSEQ_LANGUAGE_CODES as M2M_CODES,
)
from transformers.models.mbart50.tokenization_mbart50 import (
    FAIRSEQ_LANGUAGE_CODES as MBART_CODES,
)
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB_CODES

from models.errors import EngineError
from models.seq2seq.flores import LANGUAGE_CODES, language_codes


def test_every_code_is_one_that_the_models_have() -> None:
    for tag, codes in LANGUAGE_CODES.items():
        assert codes.flores in NLLB_CODES, tag
        assert codes.m2m is None or codes.m2m in M2M_CODES["m2m100"], tag
        assert codes.mbart is None or codes.mbart in MBART_CODES, tag


@pytest.mark.parametrize(
    ("tag", "flores"),
    [
        ("uk", "ukr_Cyrl"), ("UK", "ukr_Cyrl"), ("fr-CA", "fra_Latn"), ("en_GB", "eng_Latn"),
        ("zh", "zho_Hans"), ("zh-Hant", "zho_Hant"), ("zh-Hant-TW", "zho_Hant"),
        ("zh-TW", "zho_Hant"),
    ],
)  # fmt: skip
def test_tags_find_their_codes(tag: str, flores: str) -> None:
    assert language_codes(tag).flores == flores


def test_an_unknown_language_names_near_ones() -> None:
    with pytest.raises(EngineError, match="'ukr'") as caught:
        language_codes("ukr")
    assert "uk" in caught.value.hint
