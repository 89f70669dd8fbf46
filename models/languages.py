"""Languages, one line each: the name of a language, its codes in models, the bounds of its texts.

Codes: FLORES-200 (NLLB, https://github.com/facebookresearch/flores), M2M-100 and mBART-50, as
their tokenizers spell them. A model has codes for the languages it was trained on.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from models.errors import EngineError

Letters = Literal["Latn", "Cyrl"]  # ISO 15924


@dataclass(frozen=True, slots=True)
class Language:
    """A language that models are asked for; None where a family of models lacks it.

    `name` is the English one, which prompts hold. A translation into the language is held to
    `letters` and has at most `max_length_ratio` tokens for each token of its source; None is no
    bound, of a language for which none was measured.
    """

    flores: str
    m2m: str | None
    mbart: str | None
    letters: Letters | None
    max_length_ratio: float | None
    name: str

    @property
    def iso639_3(self) -> str:
        """The three-letter code, which OPUS-MT models with many targets use."""
        return self.flores.partition("_")[0]


# Length ratios: 0.6 to 0.9 into English, up to 3 from English into Cyrillic. A much longer reply
# is no translation. The names of en, fr, ru and uk are in the prompts of the training: a change of
# one letter means training again.
_TABLE = """
tag     FLORES-200 M2M mBART  letters ratio name
af      afr_Latn   af  af_ZA  -       -     Afrikaans
ar      arb_Arab   ar  ar_AR  -       -     Arabic
az      azj_Latn   az  az_AZ  -       -     Azerbaijani
be      bel_Cyrl   be  -      -       -     Belarusian
bg      bul_Cyrl   bg  -      -       -     Bulgarian
bn      ben_Beng   bn  bn_IN  -       -     Bengali
bs      bos_Latn   bs  -      -       -     Bosnian
ca      cat_Latn   ca  -      -       -     Catalan
cs      ces_Latn   cs  cs_CZ  -       -     Czech
cy      cym_Latn   cy  -      -       -     Welsh
da      dan_Latn   da  -      -       -     Danish
de      deu_Latn   de  de_DE  -       -     German
el      ell_Grek   el  -      -       -     Greek
en      eng_Latn   en  en_XX  Latn    1.5   English
es      spa_Latn   es  es_XX  -       -     Spanish
et      est_Latn   et  et_EE  -       -     Estonian
eu      eus_Latn   -   -      -       -     Basque
fa      pes_Arab   fa  fa_IR  -       -     Persian
fi      fin_Latn   fi  fi_FI  -       -     Finnish
fr      fra_Latn   fr  fr_XX  Latn    3.0   French
ga      gle_Latn   ga  -      -       -     Irish
gl      glg_Latn   gl  gl_ES  -       -     Galician
he      heb_Hebr   he  he_IL  -       -     Hebrew
hi      hin_Deva   hi  hi_IN  -       -     Hindi
hr      hrv_Latn   hr  hr_HR  -       -     Croatian
hu      hun_Latn   hu  -      -       -     Hungarian
hy      hye_Armn   hy  -      -       -     Armenian
id      ind_Latn   id  id_ID  -       -     Indonesian
is      isl_Latn   is  -      -       -     Icelandic
it      ita_Latn   it  it_IT  -       -     Italian
ja      jpn_Jpan   ja  ja_XX  -       -     Japanese
ka      kat_Geor   ka  ka_GE  -       -     Georgian
kk      kaz_Cyrl   kk  kk_KZ  -       -     Kazakh
ko      kor_Hang   ko  ko_KR  -       -     Korean
lt      lit_Latn   lt  lt_LT  -       -     Lithuanian
lv      lvs_Latn   lv  lv_LV  -       -     Latvian
mk      mkd_Cyrl   mk  mk_MK  -       -     Macedonian
mn      khk_Cyrl   mn  mn_MN  -       -     Mongolian
ms      zsm_Latn   ms  -      -       -     Malay
mt      mlt_Latn   -   -      -       -     Maltese
nb      nob_Latn   no  -      -       -     Norwegian Bokmål
nl      nld_Latn   nl  nl_XX  -       -     Dutch
nn      nno_Latn   -   -      -       -     Norwegian Nynorsk
no      nob_Latn   no  -      -       -     Norwegian
pl      pol_Latn   pl  pl_PL  -       -     Polish
pt      por_Latn   pt  pt_XX  -       -     Portuguese
ro      ron_Latn   ro  ro_RO  -       -     Romanian
ru      rus_Cyrl   ru  ru_RU  Cyrl    4.0   Russian
sk      slk_Latn   sk  -      -       -     Slovak
sl      slv_Latn   sl  sl_SI  -       -     Slovenian
sq      als_Latn   sq  -      -       -     Albanian
sr      srp_Cyrl   sr  -      -       -     Serbian
sv      swe_Latn   sv  sv_SE  -       -     Swedish
sw      swh_Latn   sw  sw_KE  -       -     Swahili
ta      tam_Taml   ta  ta_IN  -       -     Tamil
th      tha_Thai   th  th_TH  -       -     Thai
tr      tur_Latn   tr  tr_TR  -       -     Turkish
uk      ukr_Cyrl   uk  uk_UA  Cyrl    4.0   Ukrainian
ur      urd_Arab   ur  ur_PK  -       -     Urdu
uz      uzn_Latn   uz  -      -       -     Uzbek
vi      vie_Latn   vi  vi_VN  -       -     Vietnamese
zh      zho_Hans   zh  zh_CN  -       -     Chinese
zh-hant zho_Hant   -   -      -       -     Traditional Chinese
"""
_TRADITIONAL_CHINESE = ("zh-tw", "zh-hk", "zh-mo")


@cache
def languages() -> Mapping[str, Language]:
    """Return the languages of the table by BCP-47 tag, the tags in lower case."""
    _, *rows = (line.split(maxsplit=6) for line in _TABLE.strip().splitlines())
    return MappingProxyType({tag: _language(fields) for tag, *fields in rows})


def find_language(tag: str) -> Language | None:
    """Return the language of a BCP-47 tag; a region that makes no difference is left out.

    None stands for a language that is not in the table.
    """
    wanted = _spelt(tag)
    if wanted.startswith(_TRADITIONAL_CHINESE):
        wanted = "zh-hant"
    subtags = wanted.split("-")
    several = ("-".join(subtags[:length]) for length in (2, 1))
    return next((languages()[one] for one in several if one in languages()), None)


def require_language(tag: str) -> Language:
    """Return the language of a BCP-47 tag, as `find_language` does.

    Raises EngineError for a language that is not in the table, naming the nearest tags in it.
    """
    if (found := find_language(tag)) is not None:
        return found
    near = difflib.get_close_matches(_spelt(tag), languages(), n=3, cutoff=0.5)
    raise EngineError(
        f"no model code is known for the language {tag!r}",
        hint=f"did you mean {' or '.join(near)}?" if near else "use a BCP-47 tag such as en or uk",
    )


def language_name(tag: str) -> str:
    """Return the English name of a language, or its tag where the table does not have it."""
    found = find_language(tag)
    return tag if found is None else found.name


def _spelt(tag: str) -> str:
    return tag.strip().replace("_", "-").lower()


def _language(fields: list[str]) -> Language:
    flores, *codes, name = fields
    m2m, mbart, letters, ratio = (None if code == "-" else code for code in codes)
    return Language(
        flores=flores,
        m2m=m2m,
        mbart=mbart,
        letters=_letters(letters),
        max_length_ratio=None if ratio is None else float(ratio),
        name=name,
    )


def _letters(code: str | None) -> Letters | None:
    return "Latn" if code == "Latn" else "Cyrl" if code == "Cyrl" else None
