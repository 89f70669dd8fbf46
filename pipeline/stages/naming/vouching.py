"""Names of a translation that nothing vouches for: cut, bent or invented spellings.

A word that renders a name of a Cyrillic text is vouched for by a list of names, or by the letters
of the name: by one of the standards, in one of the base forms that the name may have in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.lang.declension import base_forms
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import likeness, romanise, skeleton
from pipeline.stages.naming.lexicon import english_form, is_english_name, is_seen, translations
from pipeline.stages.naming.mentions import Mention, Name, Rendering, paired
from pipeline.stages.naming.name_words import derived
from pipeline.stages.naming.slavic import of_a_woman, stem

MIN_LETTERS = 4  # of a name that is judged
