"""Flags: the known faults of a translation or a summary, each with its meaning."""

from __future__ import annotations

from pipeline.explained import Explained


class Flag(Explained):
    """One known fault; its value stands in records, `meaning` is for people."""

    # No translation to speak of.
    EMPTY = "empty", "The model wrote nothing."
    META = "meta", "The model talked about its task instead of translating."
    RESIDUE = "residue", "Part of the text is still in the script of the source."
    COPIED = "copied", "The source came back unchanged."
    LANGUAGE = "language", "The text is in another language than the target."
    INVENTED = "invented", "The translation says more than its short source."
    # A translation with a fact that differs from the source.
    PROTECTED = (
        "protected",
        "An address, a placeholder or a fixed term is missing, or stands there twice.",
    )
    NUMBERS = "numbers", "A number is missing, or stands there without the source having it."
    UNITS = "units", "A unit or a currency differs from the source."
    FACTS = "facts", "A month, a day or a season differs, or a word became its opposite."
    NEGATION = "negation", "A negation of the source is missing."
    NAMES = "names", "A name is missing, and another one stands in its place."
    NAME_UNSURE = (
        "name-unsure",
        "A name may be spelt wrongly, or be missing: nothing vouches for it.",
    )
    GLOSSARY = "glossary", "A word of the glossary is missing."
    QUESTION = "question", "A question of the source is none any more, or one stands there anew."
    LOOP = "loop", "Words come again and again, as they do not in the source."
    CUT = "cut", "The translation ended at the limit of its length."
    # Lengths that are unlikely.
    LONG = "long", "The translation is much longer than its source."
    SHORT = "short", "The translation is much shorter than its source."
    DOUBTFUL = "doubtful", "The translation is probably poor: compare it with its source."
    REFUSED = "refused", "The server did not take the text."
    # What was done about it.
    KEPT_SOURCE = "kept-source", "No translation was usable; the source stands in its place."
    ROMANISED = "romanised", "No translation was usable; the name stands there in Latin letters."
    NUMBER_RESTORED = "number-restored", "A wrong number was replaced by that of the source."
    # Summaries.
    DOUBTFUL_EVIDENCE = (
        "doubtful-evidence",
        "The sentence rests on a passage whose translation is probably poor.",
    )
    SHORT_TEXT = "short-text", "The text is its own summary: it is too short to be condensed."
    FILLED_FROM_TEXT = "filled-from-text", "The sentence was taken from the text."
    DROPPED_NUMBER = (
        "dropped-unsupported-number",
        "A sentence of the model is not used because the text does not have its number or date.",
    )
    UNSUPPORTED = (
        "dropped-unsupported-sentence",
        "A sentence of the model is not used because the text does not have its names or words.",
    )
    UNSUPPORTED_CAUSE = (
        "dropped-unsupported-cause",
        "A sentence of the model is not used because it gives a cause that the text does not give.",
    )
    CONTRADICTED = (
        "dropped-contradicted-sentence",
        "A sentence of the model is not used because the text says otherwise.",
    )
    ORDERS = (
        "orders-left-out",
        "The text has orders to a machine; they stand in the text and are kept out of the summary.",
    )
    UNTRANSLATED = (
        "untranslated-left-out",
        "Part of the text has no translation and is missing from the summary.",
    )
    NOT_ALL = (
        "more-in-text",
        "The sentences are the text's own, and it has more of them than the summary has room for.",
    )
    NOT_SHORTENED = (
        "not-shortened",
        "The model did not shorten a part of the long text; of that part the summary has less.",
    )
