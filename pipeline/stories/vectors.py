"""The vectors of documents: their passages encoded, moved to the middle of their language.

All vectors of a small encoder lie in a narrow cone, and those of each language in a cone of its
own. Taking the mean vector of its language off each (Reimers and Gurevych 2020 find the bias; the
remedy is that of Arora et al. 2017 for sentences) makes pairs across languages comparable with
pairs within one. The means are measured once, on other texts, and come with the weights: so the
likeness of two documents depends on no third one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.engine import Encoder
from pipeline.stories.passages import Passages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Views:
    """The vectors of documents: `titles`, `leads` and `wholes`, each (documents, dimensions).

    Rows have length 1. `leads` are of the first passages behind the titles, `wholes` the means of
    all passages.
    """

    def __init__(self, titles: Vectors, leads: Vectors, wholes: Vectors) -> None:
        self.titles, self.leads, self.wholes = titles, leads, wholes


def views_of(
    passages: Sequence[Passages],
    languages: Sequence[str],
    *,
    encoder: Encoder,
    means: Mapping[str, Sequence[float]],
) -> Views:
    """Encode documents, each distinct passage once and in the order of the alphabet.

    The order makes an encoder that pads its batches give the same bytes for the same documents.
    """
    import numpy as np

    texts = sorted({text for p in passages for text in p.texts})
    at = {text: i for i, text in enumerate(texts)}
    raw = encode(texts, encoder=encoder)
    shape = (len(passages), encoder.dimensions)
    titles, leads, wholes = (np.zeros(shape, np.float32) for _ in range(3))
    for row, (found, language) in enumerate(zip(passages, languages, strict=True)):
        mean = mean_of(language, means, dimensions=encoder.dimensions)
        own = raw[[at[text] for text in found.texts]] - mean
        titles[row] = own[0]
        leads[row] = own[1] if len(own) > 1 else own[0]
        wholes[row] = own.mean(axis=0)
    return Views(unit(titles), unit(leads), unit(wholes))


def encode(texts: Sequence[str], *, encoder: Encoder) -> Vectors:
    """Return the vectors of texts, (texts, dimensions); none for no texts."""
    import numpy as np

    if not texts:
        return np.zeros((0, encoder.dimensions), np.float32)
    return np.asarray(encoder.encode(texts), dtype=np.float32)


def centred(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    encoder: Encoder,
    means: Mapping[str, Sequence[float]],
) -> Vectors:
    """Return vectors of length 1 of any texts, moved to the middle of their languages."""
    import numpy as np

    distinct = sorted(set(texts))
    at = {text: i for i, text in enumerate(distinct)}
    raw = encode(distinct, encoder=encoder)[[at[text] for text in texts]]
    offsets = [mean_of(tag, means, dimensions=encoder.dimensions) for tag in languages]
    return unit(raw - np.stack(offsets)) if texts else raw


def mean_of(language: str, means: Mapping[str, Sequence[float]], *, dimensions: int) -> Vectors:
    """Return the mean vector of a language, else that of all; zeros where it does not fit."""
    import numpy as np

    found = means.get(language, means.get("", ()))
    if len(found) != dimensions:
        return np.zeros(dimensions, np.float32)
    return np.asarray(found, dtype=np.float32)


def unit(vectors: Vectors) -> Vectors:
    """Return vectors of length 1; one of length 0 stays."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
