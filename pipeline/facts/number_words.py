"""Numbers written as words, per language: what they are worth, and what composes with what.

Every line is a value and a pattern that a whole lower-case word must match. Inflected and derived
forms count ("трёх", "третий", "трёхдневный"): the words only vouch for a figure on the other side.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

_WORDS = {
    "en": """
0 zero|nil|nought|midnight
1 an?|one|ones|first|once|single
2 two|second|twice|double[ds]?|both|pair|couple|twin
3 three|third|thirds|triple[ds]?|thrice|trio
4 four|fourth|quadruple[ds]?
5 five|fifth|fifths
6 six|sixth
7 seven|seventh
8 eight|eighth
9 nine|ninth
10 ten|tenth|tenths|decade|decades
11 eleven|eleventh
12 twelve|twelfth|dozen|noon|midday
13 thirteen|thirteenth
14 fourteen|fourteenth|fortnight
15 fifteen|fifteenth
16 sixteen|sixteenth
17 seventeen|seventeenth
18 eighteen|eighteenth
19 nineteen|nineteenth
20 twenty|twentieth|twenties
30 thirty|thirtieth|thirties
40 forty|fortieth|forties
50 fifty|fiftieth|fifties|half|halves
60 sixty|sixtieth|sixties
70 seventy|seventieth|seventies
80 eighty|eightieth|eighties
90 ninety|ninetieth|nineties
100 hundred|hundreds|hundredth|century|centuries
1000 thousands?|thousandth|millennium
1000000 millions?|millionth
1000000000 billions?
1000000000000 trillions?
""",
    "fr": """
0 zéro|minuit
1 une?|premi(?:er|ère)s?|1er
2 deux|deuxièmes?|seconde?s?|double[rs]?|doublé
3 trois|troisièmes?|tiers|triple[rs]?|trio
4 quatre|quatrièmes?|quarts?
5 cinq|cinquièmes?
6 six|sixièmes?
7 sept|septièmes?
8 huit|huitièmes?
9 neuf|neuvièmes?
10 dix|dixièmes?|dizaines?|décennies?
11 onze|onzièmes?
12 douze|douzièmes?|douzaines?|midi
13 treize|treizièmes?
14 quatorze|quatorzièmes?
15 quinze|quinzièmes?|quinzaines?
16 seize|seizièmes?
20 vingts?|vingtièmes?|vingtaines?
30 trente|trentièmes?|trentaines?
40 quarante|quarantièmes?|quarantaines?
50 cinquante|cinquantièmes?|cinquantaines?|moitié|demie?
60 soixante|soixantièmes?|soixantaines?
100 cents?|centièmes?|centaines?|siècles?
1000 mille|milliers?|millièmes?
1000000 millions?
1000000000 milliards?
1000000000000 billions?
""",
    "ru": """
0 н[ои]л[ьея]\\w{0,3}|нулев\\w+|полноч\\w+
1 один|одн(?:а|о|ого|ой|ому|ом|им|их|ну|и)|перв\\w{2,3}|единственн\\w+
2 два|две|двух\\w*|двум|двумя|двое|двоих|втор(?:ой|ая|ое|ого|ую|ым|ых|ом|ые)
2 дважды|вдвое|пар[аыуе]|оба|обе
3 тройк[аиуе]|три|тр[её]х\\w*|тр[её]м|тремя|трое|троих|трет(?:ий|ья|ье|ьего|ьей|ью|ьих|ьем|ьи)
3 трижды|втрое|треть
4 четыре\\w*|четыр[её]х\\w*|четыр[её]м|четверо|четв[её]рт\\w+|четверть\\w*|вчетверо
5 пят[её]рк\\w+|пять|пяти\\w*|пятью|пят(?:ый|ая|ое|ого|ой|ую|ым|ых|ом|ые)|пятеро|впятеро
6 шесть|шести\\w*|шест(?:ой|ая|ое|ого|ую|ым|ых|ом)|шестеро
7 сем[её]рк\\w+|семь|семи(?!н)\\w*|седьм\\w+|семеро
8 восемь|восьми\\w*|восьм\\w+
9 девять|девяти\\w*|девят(?:ый|ая|ое|ого|ой|ую|ым|ых|ом)
10 десять|десяти\\w*|десят(?:ый|ая|ое|ого|ой|ую|ым|ых|ом|ок|ка|ки|ков)
11 одиннадцат\\w+
12 двенадцат\\w+|дюжин\\w*|полдень|полудня|полдня
13 тринадцат\\w+
14 четырнадцат\\w+
15 пятнадцат\\w+
16 шестнадцат\\w+
17 семнадцат\\w+
18 восемнадцат\\w+
19 девятнадцат\\w+
20 двадцат\\w+
30 тридцат\\w+
40 сорок\\w*|сороков\\w+
50 пятьдесят\\w*|пятидесят\\w+|половин\\w+|пол|наполовину
60 шестьдесят\\w*|шестидесят\\w+
70 семьдесят\\w*|семидесят\\w+
80 восемьдесят\\w*|восьмидесят\\w+
90 девяносто?\\w*
100 ст[оа]|сот\\w{1,3}|сот(?:ня|ни|ен)|столети\\w+|век[аеуи]?|веков
200 двести|двухсот\\w*
300 триста|тр[её]хсот\\w*
400 четыреста|четыр[её]хсот\\w*
500 пятьсот\\w*|пятисот\\w*
600 шестьсот\\w*
700 семьсот\\w*
800 восемьсот\\w*
900 девятьсот\\w*
1000 тысяч\\w*
1000000 миллион\\w*
1000000000 миллиард\\w*
1000000000000 триллион\\w*
""",
    "uk": """
0 нул[ьяеі]\\w{0,3}|нульов\\w+|опівночі|півноч\\w+
1 один|одн(?:а|е|ого|ої|ому|им|их|у|і)|перш\\w{1,3}|єдин\\w+
2 два|дві|дво\\w*|друг(?:ий|а|е|ого|ої|у|им|их|ому|і|ій)
2 двічі|вдвічі|удвічі|удвоє|вдвоє|пар[аиуі]|обидв\\w+
3 трійк\\w+|три|трьо\\w*|троє|трет(?:ій|я|є|ього|ьої|ю|іх|ьому|і)|тричі|втричі|третин\\w+
4 чотири\\w*|чотирьо\\w*|четверо|четверт\\w+|чверть\\w*|вчетверо
5 п.ять|п.яти\\w*|п.ят(?:ий|а|е|ого|ої|у|им|их|ому)|п.ятеро
6 шість|шести\\w*|шост\\w+|шестеро
7 сімк\\w+|сім|семи\\w*|сьом\\w+|семеро
8 вісім|восьми\\w*|восьм\\w+
9 дев.ять|дев.яти\\w*|дев.ят(?:ий|а|е|ого|ої|у|им|их|ому)
10 десять|десяти\\w*|десят(?:ий|а|е|ого|ої|у|им|их|ому|ок|ка|ки|ків)
11 одинадцят\\w+
12 дванадцят\\w+|дюжин\\w*|полудень|полудня|опівдні
13 тринадцят\\w+
14 чотирнадцят\\w+
15 п.ятнадцят\\w+
16 шістнадцят\\w+
17 сімнадцят\\w+
18 вісімнадцят\\w+
19 дев.ятнадцят\\w+
20 двадцят\\w+
30 тридцят\\w+
40 сорок\\w*|сороков\\w+
50 п.ятдесят\\w*|п.ятидесят\\w+|половин\\w+|пів|наполовину
60 шістдесят\\w*|шістдесят\\w+
70 сімдесят\\w*
80 вісімдесят\\w*
90 дев.яност\\w*
100 ст[оа]|сот\\w{1,3}|сотень|сотн[яіи]|столітт\\w+|вік[уи]?
200 двісті|двохсот\\w*
300 триста|трьохсот\\w*
400 чотириста|чотирьохсот\\w*
500 п.ятсот\\w*
600 шістсот\\w*
700 сімсот\\w*
800 вісімсот\\w*
900 дев.ятсот\\w*
1000 тисяч\\w*
1000000 мільйон\\w*
1000000000 мільярд\\w*
1000000000000 трильйон\\w*
""",
}
# Words worth more than one value, or a broken one.
_ALSO = {
    "en": {"half": "0.5", "quarter": "0.25", "quarters": "0.25", "third": "33"},
    "fr": {"demi": "0.5", "demie": "0.5", "moitié": "0.5", "quart": "0.25", "tiers": "33"},
    "ru": {"полтора": "1.5", "полторы": "1.5", "полутора": "1.5", "полгода": "6", "сутки": "24",
           "суток": "24", "четверть": "0.25", "половина": "0.5", "полчаса": "30"},
    "uk": {"півтора": "1.5", "півтори": "1.5", "півроку": "6", "доба": "24", "доби": "24",
           "чверть": "0.25", "половина": "0.5", "півгодини": "30"},
}  # fmt: skip
# What may stand behind figures and multiply them, as far as it is not one of the words above.
SCALES = {
    "en": {"k": 3, "m": 6, "mn": 6, "mln": 6, "mio": 6, "bn": 9, "b": 9, "tn": 12, "trn": 12},
    "fr": {"k": 3, "m": 6, "mio": 6, "md": 9, "mds": 9, "mrd": 9},
    "ru": {"тыс": 3, "млн": 6, "млрд": 9, "трлн": 12},
    "uk": {"тис": 3, "млн": 6, "млрд": 9, "трлн": 12},
}
MONTHS = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "fr": "janv févr|fevr mars avr mai juin juil août|aout sept(?=em) oct nov déc|dec",
    "ru": "янв фев мар(?=та?|т) апр ма[йея]\\b июн июл авг сен окт ноя дек",
    "uk": "січ лют берез квіт трав черв лип серп верес жовт листоп груд",
}
NEGATIVE = {"en": "minus", "fr": r"(?<!au )(?<!du )(?<!de )moins", "ru": "минус", "uk": "мінус"}
_JOINERS = frozenset({"and", "et"})
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_GAP = re.compile(r"[\s\u00a0-]+")


@lru_cache(maxsize=8)
def _patterns(language: str) -> tuple[tuple[Decimal, re.Pattern[str]], ...]:
    lines = _WORDS.get(language, "").strip().splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    # The dearest first: "пятисот" is five hundred before it is a compound of five.
    return tuple((Decimal(v), re.compile(p)) for v, p in reversed([*pairs]))


@lru_cache(maxsize=20_000)
def word_value(word: str, language: str) -> Decimal | None:
    """Return what a lower-case word is worth as a number, or None."""
    for value, pattern in _patterns(language):
        if pattern.fullmatch(word):
            return value
    return None


@lru_cache(maxsize=2_000)
def month_number(word: str, language: str) -> int | None:
    """Return 1 to 12 for a lower-case word that begins like a month's name."""
    for number, stem in enumerate(MONTHS.get(language, "").split(), start=1):
        if re.match(rf"(?:{stem})\w{{0,7}}\.?$", word):
            return number
    return None


def spoken_numbers(text: str, *, language: str) -> list[Decimal]:
    """Return the values of the numbers written in words, composed: "twenty-five thousand"."""
    found: list[Decimal] = []
    run = _Run()
    end = 0
    for match in _WORD.finditer(text):
        word = match.group().lower()
        value = word_value(word, language)
        if run.any and not _GAP.fullmatch(text[end : match.start()]):
            found += run.flush()
        if value is not None:
            if not run.add(value):
                found += run.flush()
                run.add(value)
        elif word not in _JOINERS:
            found += run.flush()
        if (also := _ALSO.get(language, {}).get(word)) is not None:
            found.append(Decimal(also))
        if (month := month_number(word, language)) is not None:
            found.append(Decimal(month))
        end = match.end()
    return found + run.flush()


class _Run:
    """Number words in a row, added and multiplied as they come."""

    def __init__(self) -> None:
        self.any = False
        self._total = Decimal(0)
        self._part = Decimal(0)
        self._last = Decimal("Infinity")

    def add(self, value: Decimal) -> bool:
        """Take one more word; False when it begins another number."""
        if value >= 1000:
            if self.any and self._last >= value:
                return False
            self._total += (self._part or 1) * value
            self._part = Decimal(0)
        elif value == 100 and 0 < self._part < 100 and self._last < 100:
            self._part *= 100
        elif self._part == 4 and value == 20:  # quatre-vingt
            self._part = Decimal(80)
        elif not self.any or self._last >= 1000 or (value < self._last and self._fits(value)):
            self._part += value
        else:
            return False
        self.any, self._last = True, value
        return True

    def _fits(self, value: Decimal) -> bool:
        """Tell whether `value` fills zeros at the end: 20 and 5, 60 and 12, not 12 and 5."""
        return self._part % 100 == 0 or (self._part % 10 == 0 and self._part % 100 >= 20)

    def flush(self) -> list[Decimal]:
        """Return the number so far, if there is one, and begin anew."""
        value = [self._total + self._part] if self.any else []
        self.__init__()  # type: ignore[misc]
        return value
