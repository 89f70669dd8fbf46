"""Tiny random models of every architecture, laid out in a folder as the hub lays them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BartTokenizer,
    M2M100Config,
    M2M100ForConditionalGeneration,
    M2M100Tokenizer,
    MarianConfig,
    MarianMTModel,
    MarianTokenizer,
    MBart50Tokenizer,
    MBartConfig,
    MBartForConditionalGeneration,
    MT5Config,
    MT5ForConditionalGeneration,
    NllbTokenizer,
    PegasusConfig,
    PegasusForConditionalGeneration,
    PegasusTokenizer,
    T5Tokenizer,
)

from models.repository.hub import silent_transformers

SENTENCES = (
    "The tram depot on the hill closed early because of the storm, the council said.",
    "Трамвайное депо на холме закрыли раньше из-за бури, сообщили в совете.",
    "Трамвайне депо на пагорбі зачинили раніше через бурю, повідомили в раді.",
    "Le dépôt de tramway sur la colline a fermé tôt à cause de la tempête, dit le conseil.",
    "Forty-two drivers waited for the snow plough near the old bridge until nine.",
    "Сорок два водителя ждали снегоуборщик у старого моста до девяти часов.",
)
PIECES = 160
SMALL = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "max_position_embeddings": 128,
}


def marian(
    folder: Path,
    *,
    languages: tuple[str, str],
    marks: tuple[str, ...] = (),
    no_repeat_ngram_size: int = 2,
) -> Path:
    """An OPUS-MT model; `marks` are its target languages, as in ">>ukr<<".

    Random models repeat themselves; with `no_repeat_ngram_size` 0 this one does.
    """
    folder.mkdir()
    for name, seed in (("source", SENTENCES), ("target", SENTENCES[::-1])):
        _sentencepiece(folder / f"{name}.spm", seed)
    pieces = {p for name in ("source", "target") for p in _pieces(folder / f"{name}.spm")}
    tokens = ["</s>", "<unk>", *marks, *sorted(pieces - {"</s>", "<unk>", "<s>"}), "<pad>"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    with silent_transformers():
        MarianTokenizer(
            str(folder / "source.spm"),
            str(folder / "target.spm"),
            str(folder / "vocab.json"),
            source_lang=languages[0],
            target_lang=languages[1],
        ).save_pretrained(folder)
    pad = vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=len(tokens), eos_token_id=0, pad_token_id=pad, decoder_start_token_id=pad,
        forced_eos_token_id=0, **SMALL,
    )  # fmt: skip
    _save(
        MarianMTModel(config), folder, max_length=128, num_beams=4, bad_words_ids=[[pad]],
        no_repeat_ngram_size=no_repeat_ngram_size,
    )  # fmt: skip
    # Old repositories carry their decoding options in config.json, too.
    path = folder / "config.json"
    options = json.loads(path.read_text(encoding="utf-8")) | {"num_beams": 6, "max_length": 512}
    path.write_text(json.dumps(options), encoding="utf-8")
    return folder


def nllb(folder: Path) -> Path:
    vocabulary, merges = _bpe()
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=merges, model_max_length=128)
    tokenizer.save_pretrained(folder)
    _m2m100(folder, vocab_size=len(tokenizer))
    return folder


def m2m100(folder: Path) -> Path:
    folder.mkdir()
    model = _sentencepiece(folder / "sentencepiece.bpe.model", SENTENCES)
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *_pieces(model)[3:]]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    tokenizer = M2M100Tokenizer(str(folder / "vocab.json"), str(model))
    tokenizer.save_pretrained(folder)
    _m2m100(folder, vocab_size=len(vocabulary) + 100 + 8)  # languages, and places never used
    return folder


def mbart50(folder: Path) -> Path:
    tokenizer = MBart50Tokenizer(vocab=[("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0), *_unigrams()])
    tokenizer.save_pretrained(folder)
    config = MBartConfig(
        vocab_size=len(tokenizer), decoder_start_token_id=2, forced_eos_token_id=2, **SMALL
    )
    _save(MBartForConditionalGeneration(config), folder, forced_eos_token_id=2)
    return folder


def mt5(folder: Path) -> Path:
    specials = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = T5Tokenizer(vocab=[*specials, *_unigrams()], extra_ids=0)
    tokenizer.save_pretrained(folder)
    config = MT5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4,
        initializer_factor=3.0,
    )  # fmt: skip
    _save(MT5ForConditionalGeneration(config), folder)
    return folder


def bart(folder: Path) -> Path:
    vocabulary, merges = _byte_level_bpe()
    tokenizer = BartTokenizer(vocab=vocabulary, merges=merges)
    tokenizer.save_pretrained(folder)
    config = BartConfig(vocab_size=len(tokenizer), forced_eos_token_id=2, **SMALL)
    _save(
        BartForConditionalGeneration(config), folder,
        forced_bos_token_id=0, forced_eos_token_id=2, num_beams=4, length_penalty=2.0,
        early_stopping=True, no_repeat_ngram_size=3, min_length=56, max_length=142,
    )  # fmt: skip
    return folder


def pegasus(folder: Path) -> Path:
    specials = [("<pad>", 0.0), ("</s>", 0.0), ("<mask_1>", 0.0), ("<mask_2>", 0.0)]
    vocabulary = [*specials, ("<unk>", 0.0), *_unigrams()]
    tokenizer = PegasusTokenizer(vocab=vocabulary, offset=0)
    tokenizer.save_pretrained(folder)
    config = PegasusConfig(vocab_size=len(tokenizer), **SMALL)
    _save(PegasusForConditionalGeneration(config), folder)
    return folder


def _m2m100(folder: Path, *, vocab_size: int) -> None:
    config = M2M100Config(
        vocab_size=vocab_size, decoder_start_token_id=2, encoder_layerdrop=0.0,
        decoder_layerdrop=0.0, scale_embedding=False, **SMALL,
    )  # fmt: skip
    _save(M2M100ForConditionalGeneration(config), folder, no_repeat_ngram_size=2)


def _save(model: Any, folder: Path, **generation: Any) -> None:
    torch.manual_seed(11)
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:  # wide layers: choices lie far apart and do not echo the input
            torch.nn.init.normal_(parameter, std=0.2 if "shared" in name else 0.8)
    if model.config.model_type == "marian":  # its decoder starts from no embedding
        model.get_input_embeddings().weight.data[model.config.pad_token_id] = 0
    for name, value in generation.items():
        setattr(model.generation_config, name, value)
    with silent_transformers():
        model.save_pretrained(folder)
    assert (folder / "model.safetensors").exists()


def _sentencepiece(path: Path, sentences: tuple[str, ...]) -> Path:
    prefix = path.with_suffix("")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences), model_prefix=str(prefix), vocab_size=PIECES,
        hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    prefix.with_suffix(prefix.suffix + ".vocab").unlink(missing_ok=True)
    Path(f"{prefix}.vocab").unlink(missing_ok=True)
    return Path(f"{prefix}.model").rename(path)


def _pieces(path: Path) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


def _unigrams() -> list[tuple[str, float]]:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        SENTENCES, trainers.UnigramTrainer(vocab_size=PIECES, show_progress=False)
    )
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]


def _bpe() -> tuple[dict[str, int], list[tuple[str, str]]]:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return _trained_bpe(tokenizer)


def _byte_level_bpe() -> tuple[dict[str, int], list[tuple[str, str]]]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    return _trained_bpe(tokenizer, alphabet=pre_tokenizers.ByteLevel.alphabet())


def _trained_bpe(
    tokenizer: Tokenizer, *, alphabet: list[str] | None = None
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    trainer = trainers.BpeTrainer(
        vocab_size=2 * PIECES + 100,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=alphabet or [],
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [(left, right) for left, right in model["merges"]]
