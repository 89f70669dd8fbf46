"""BCP-47 tags to the language codes that translation models were trained with.

Codes: FLORES-200 (NLLB, https://github.com/facebookresearch/flores), M2M-100 and mBART-50, as
their tokenizers spell them. A model has codes for the languages it was trained on.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from models.errors import EngineError


@dataclass(frozen=True, slots=True)
class LanguageCodes:
    """The codes of one language in each family of models; None where a family lacks it."""

    flores: str
    m2m: str | None = None
    mbart: str | None = None

    @property
    def iso639_3(self) -> str:
        """The three-letter code, which OPUS-MT models with many targets use."""
        return self.flores.partition("_")[0]


_TABLE = """
af      afr_Latn  af  af_ZA
ar      arb_Arab  ar  ar_AR
az      azj_Latn  az  az_AZ
be      bel_Cyrl  be  -
bg      bul_Cyrl  bg  -
bn      ben_Beng  bn  bn_IN
bs      bos_Latn  bs  -
ca      cat_Latn  ca  -
cs      ces_Latn  cs  cs_CZ
cy      cym_Latn  cy  -
da      dan_Latn  da  -
de      deu_Latn  de  de_DE
el      ell_Grek  el  -
en      eng_Latn  en  en_XX
es      spa_Latn  es  es_XX
et      est_Latn  et  et_EE
eu      eus_Latn  -   -
fa      pes_Arab  fa  fa_IR
fi      fin_Latn  fi  fi_FI
fr      fra_Latn  fr  fr_XX
ga      gle_Latn  ga  -
gl      glg_Latn  gl  gl_ES
he      heb_Hebr  he  he_IL
hi      hin_Deva  hi  hi_IN
hr      hrv_Latn  hr  hr_HR
hu      hun_Latn  hu  -
hy      hye_Armn  hy  -
id      ind_Latn  id  id_ID
is      isl_Latn  is  -
it      ita_Latn  it  it_IT
ja      jpn_Jpan  ja  ja_XX
ka      kat_Geor  ka  ka_GE
kk      kaz_Cyrl  kk  kk_KZ
ko      kor_Hang  ko  ko_KR
lt      lit_Latn  lt  lt_LT
lv      lvs_Latn  lv  lv_LV
mk      mkd_Cyrl  mk  mk_MK
mn      khk_Cyrl  mn  mn_MN
ms      zsm_Latn  ms  -
mt      mlt_Latn  -   -
nb      nob_Latn  no  -
nl      nld_Latn  nl  nl_XX
nn      nno_Latn  -   -
no      nob_Latn  no  -
pl      pol_Latn  pl  pl_PL
pt      por_Latn  pt  pt_XX
ro      ron_Latn  ro  ro_RO
ru      rus_Cyrl  ru  ru_RU
sk      slk_Latn  sk  -
sl      slv_Latn  sl  sl_SI
sq      als_Latn  sq  -
sr      srp_Cyrl  sr  -
sv      swe_Latn  sv  sv_SE
sw      swh_Latn  sw  sw_KE
ta      tam_Taml  ta  ta_IN
th      tha_Thai  th  th_TH
tr      tur_Latn  tr  tr_TR
uk      ukr_Cyrl  uk  uk_UA
ur      urd_Arab  ur  ur_PK
uz      uzn_Latn  uz  -
vi      vie_Latn  vi  vi_VN
zh      zho_Hans  zh  zh_CN
zh-hant zho_Hant  -   -
"""


def _read(table: str) -> dict[str, LanguageCodes]:
    rows = (line.split() for line in table.strip().splitlines())
    return {
        tag: LanguageCodes(flores, *(None if code == "-" else code for code in others))
        for tag, flores, *others in rows
    }


LANGUAGE_CODES = _read(_TABLE)
_TRADITIONAL_CHINESE = ("zh-tw", "zh-hk", "zh-mo")


def language_codes(tag: str) -> LanguageCodes:
    """Return the codes of a BCP-47 tag; a region that makes no difference is left out.

    Raises EngineError for a language that is not in the table, naming the nearest tags in it.
    """
    wanted = tag.strip().replace("_", "-").lower()
    if wanted.startswith(_TRADITIONAL_CHINESE):
        wanted = "zh-hant"
    subtags = wanted.split("-")
    for length in (2, 1):
        found = LANGUAGE_CODES.get("-".join(subtags[:length]))
        if found is not None:
            return found
    near = difflib.get_close_matches(wanted, LANGUAGE_CODES, n=3, cutoff=0.5)
    raise EngineError(
        f"no model code is known for the language {tag!r}",
        hint=f"did you mean {' or '.join(near)}?" if near else "use a BCP-47 tag such as en or uk",
    )
