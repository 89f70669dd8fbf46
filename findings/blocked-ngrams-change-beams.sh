#!/usr/bin/env bash
# ctranslate2 renormalises probabilities behind blocked n-grams; its beams are not transformers'.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'torch==2.13.0' 'transformers==5.24.0' 'ctranslate2==4.8.5' 'numpy==2.4.6'
cd "$folder"
export PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 TRANSFORMERS_VERBOSITY=error
export HF_HUB_DISABLE_PROGRESS_BARS=1 HF_HUB_OFFLINE=1
"${PYTHON:-python3}" - 2>"$folder/log" <<'PYTHON'
import sys

import ctranslate2
import torch
import transformers
from ctranslate2.converters import TransformersConverter

WORDS = [f"w{n}" for n in range(40)]
VOCABULARY = {token: n for n, token in enumerate(["</s>", "<unk>", *WORDS, "<pad>"])}
PAD, LENGTH, BEAMS = len(VOCABULARY) - 1, 12, 3
SOURCES = [[(7 * row + 5 * place) % 40 + 2 for place in range(6)] + [0] for row in range(20)]


class Tokenizer:
    """As much of a tokenizer as the conversion asks for."""

    eos_token, unk_token = "</s>", "<unk>"
    eos_token_id, unk_token_id = 0, 1
    get_vocab = staticmethod(lambda: VOCABULARY)


class Converter(TransformersConverter):
    def load_tokenizer(self, *_, **__):
        return Tokenizer()


torch.manual_seed(3)
torch.set_num_threads(1)
config = transformers.MarianConfig(
    vocab_size=PAD + 1, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
    decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64,
    pad_token_id=PAD, eos_token_id=0, decoder_start_token_id=PAD, forced_eos_token_id=None,
)
model = transformers.MarianMTModel(config).eval()
for name, weights in model.named_parameters():
    if weights.dim() > 1:
        torch.nn.init.normal_(weights, std=0.2 if "shared" in name else 0.7)
model.get_input_embeddings().weight.data[PAD] = 0
model.save_pretrained("model")
model = transformers.MarianMTModel.from_pretrained("model", dtype=torch.float32).eval()
Converter("model").convert("converted")
translator = ctranslate2.Translator("converted", compute_type="float32", intra_threads=1)
tokens = list(VOCABULARY)


def answers(beams, block):
    """Return what both write for all sources, and the score that ctranslate2 gives."""
    theirs = [
        model.generate(
            torch.tensor([source]), num_beams=beams, no_repeat_ngram_size=block, do_sample=False,
            max_new_tokens=LENGTH, min_new_tokens=LENGTH, length_penalty=0.0,
            bad_words_ids=[[PAD]], forced_eos_token_id=None,
        )[0, 1:].tolist()
        for source in SOURCES
    ]
    found = translator.translate_batch(
        [[tokens[id_] for id_ in source] for source in SOURCES], beam_size=beams,
        no_repeat_ngram_size=block, max_decoding_length=LENGTH, min_decoding_length=LENGTH,
        length_penalty=0, return_scores=True,
    )
    return theirs, [[VOCABULARY[t] for t in r.hypotheses[0]] for r in found], found[0].scores[0]


def log_probability(source, ids, renormalised):
    """Return that of `ids`: with the blocked tokens taken out before the softmax, or left in it."""
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[PAD, *ids[:-1]]])
        ).logits[0]
    logits[:, [0, PAD]] = -1e9  # neither an end nor padding may be written here
    for place in range(1, len(ids)) if renormalised else ():
        for before in range(place - 1):
            if ids[before] == ids[place - 1]:
                logits[place, ids[before + 1]] = -1e9
    return sum(torch.log_softmax(logits, -1)[range(len(ids)), ids].tolist())


with torch.inference_mode():
    same = {}
    for beams in (1, BEAMS):
        for block in (0, 2):
            theirs, ours, score = answers(beams, block)
            same[beams, block] = sum(a == b for a, b in zip(theirs, ours))
left_in, taken_out = (log_probability(SOURCES[0], ours[0], flag) for flag in (False, True))
print(f"ctranslate2 {ctranslate2.__version__}, transformers {transformers.__version__}")
print(f"One small model, {len(SOURCES)} sources, float32; no_repeat_ngram_size=2 on both sides.")
print("One would swear that blocking a token takes it away and leaves all else as it was.")
for (beams, block), count in same.items():
    print(f"  {beams} beam(s), {'bigrams blocked' if block else 'nothing blocked'}: same {count}")
print(f"  score by ctranslate2 of its first answer       {score:.4f}")
print(f"  its log-probability under the model            {left_in:.4f}")
print(f"  the same, blocked tokens out before softmax    {taken_out:.4f}")
print("ctranslate2 gives the probability of blocked tokens to the others, transformers to nobody:")
print("greedily that is the same, but among beams whoever was blocked is ahead.")
scored = abs(score - taken_out) < 1e-3 < abs(score - left_in)
alike = same[1, 0] == same[1, 2] == same[BEAMS, 0] == len(SOURCES)
sys.exit(not (alike and scored and same[BEAMS, 2] < len(SOURCES) - 2))
PYTHON
