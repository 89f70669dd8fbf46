"""Control tokens of language models, as texts spell them out.

A tokenizer on this machine is told to read them as text. A server is sent text, and most servers
make a token of all that looks like one: there the look is broken.
"""

from __future__ import annotations

import re

# Of ChatML, Llama, DeepSeek, Gemma, Mistral, BERT, T5, Marian, NLLB and M2M-100.
CONTROL_TOKEN = (
    r"<\|[^<>|\s]{1,60}\|>|<\uff5c[^<>\uff5c\s]{1,60}\uff5c>|<</?SYS>>|\[/?INST\]"
    r"|</?(?:s|bos|eos|pad|unk|mask|sep|cls|tool_call|tool_response|think)>"
    r"|<(?:start|end)_of_(?:turn|image)>|<(?:extra_id|unused)_?\d{1,4}>"
    r"|\[(?:CLS|SEP|MASK|PAD|UNK|BOS|EOS)\]|>>[a-z]{2,3}(?:_[A-Za-z]{2,8})?<<"
    r"|\b[a-z]{3}_(?:Arab|Cyrl|Deva|Grek|Hans|Hant|Hebr|Latn)\b|__[a-z]{2,3}__"
)
_CONTROL_TOKEN = re.compile(CONTROL_TOKEN)


def disarmed(text: str) -> str:
    """Return `text` with a space behind the first character of each control token in it."""
    return _CONTROL_TOKEN.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text)
