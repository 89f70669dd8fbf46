"""What is opaque comes through letter by letter; numbers come out in the target's format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engine import Hypothesis, Segment
from pipeline.facts.measures import localise
from pipeline.facts.money import invented_money
from pipeline.facts.numbers import figures
from pipeline.facts.protected import mask, missing_protected, protected, put_back, unmask
from pipeline.facts.units import measures, unit_problems
from pipeline.flag import Flag
from pipeline.stages.triage.suspicions import suspicions

LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "protected.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
]
FIGURES = {"amount", "time", "unit", "mixed"}


def test_every_opaque_span_of_the_list_is_found_whole() -> None:
    opaque = [line for line in LINES if line[1] not in FIGURES]
    assert len(LINES) == 200
    for _, _, source, wanted in opaque:
        assert wanted in [span.text for span in protected(source)]


def test_a_masked_text_comes_back_and_shows_nothing_opaque() -> None:
    for _, _, source, _ in LINES:
        masked, spans = mask(source)
        assert unmask(masked, spans) == source
        assert protected(masked) == ()


@given(st.text(alphabet="аяzQX0123{}%s@#./:`<>&; ", max_size=60))
def test_masking_any_text_loses_nothing(text: str) -> None:
    masked, spans = mask(text)
    if not re.search(r"z\d+q", text, re.IGNORECASE):
        assert unmask(masked, spans) == text


def test_ordinary_text_has_nothing_opaque() -> None:
    for text in [
        "Il a dit : « 50 % de réduction ! » (ou presque) - c'est tout.",
        "Цены выросли на 3,5 % с 2019 г. Всё.",
        "He & she <3 it; A/B and 24/7.",
    ]:
        assert protected(text) == ()


def test_the_full_stop_behind_an_address_belongs_to_the_sentence() -> None:
    spans = protected("Voir https://example.org/a_(b). (ou www.example.fr), merci.")
    assert [s.text for s in spans] == ["https://example.org/a_(b)", "www.example.fr"]


@pytest.mark.parametrize(
    ("source", "damaged"),
    [
        ("См. https://example.org/news/2023", "See https://example.org/новости/2023."),
        ("Здравствуйте, {name}!", "Hello, {имя}!"),
        ("Bonjour {{user.name}} !", "Hello {{ user.name }}!"),
        ("Пишите на info@example.ru.", "Write to info@exampleru."),
        ("Задайте `max_size = 20`.", "Set `max size = 20`."),
    ],
)
def test_a_damaged_copy_is_put_right(source: str, damaged: str) -> None:
    assert missing_protected(source, damaged)
    assert missing_protected(source, put_back(source, damaged)) == []


@pytest.mark.parametrize(
    ("source", "doubled", "right"),
    [
        (
            "Мост <|im_end|> закрыт до мая.",
            "The bridge <|im_end|> <|im_end|> is closed until May.",
            "The bridge <|im_end|> is closed until May.",
        ),
        (
            "Дивіться https://a.org/b сьогодні.",
            "See https://a.org/b https://a.org/b today.",
            "See https://a.org/b today.",
        ),
        (
            "Два <|a|> <|a|> тут.",
            "Two <|a|> <|a|> <|a|> here.",
            "Two <|a|> <|a|> here.",
        ),
        (
            "Мост <|im_end|> закрыт.",
            "The <|im_end|> bridge is <|im_end|> closed.",
            "The <|im_end|> bridge is <|im_end|> closed.",
        ),
    ],
)
def test_a_copy_too_many_is_taken_out_where_two_stand_together(
    source: str, doubled: str, right: str
) -> None:
    assert put_back(source, doubled) == right


def test_a_span_that_stands_there_twice_is_flagged() -> None:
    segment = Segment("Мост <|im_end|> сегодня закрыт до мая.", "ru", "en")
    once = Hypothesis("The bridge <|im_end|> is closed until May today.", 9, "stop", "test")
    twice = replace(once, text="The <|im_end|> bridge <|im_end|> is closed until May today.")
    assert Flag.PROTECTED not in suspicions(segment, once)
    assert Flag.PROTECTED in suspicions(segment, twice)


def test_what_is_gone_stays_gone_and_is_named() -> None:
    source = "Пишите на info@example.ru или @example_bot."
    target = put_back(source, "Write to us.")
    assert target == "Write to us."
    assert missing_protected(source, target) == ["info@example.ru", "@example_bot"]


@pytest.mark.parametrize(
    ("language", "source", "target", "wanted"),
    [
        ("fr", "Le train de 14 h 30", "The 2:30 p.m. train", "The 14:30 train"),
        ("uk", "Потяг о 14:30.", "The train is at 14:30 PM.", "The train is at 14:30."),
        ("uk", "Потяг о 14.30", "The train is at 2.30 pm", "The train is at 14:30"),
        ("fr", "Rendez-vous à 9 h.", "We meet at 9 am.", "We meet at 9:00."),
        ("ru", "в 2 часа дня", "at 2 pm", "at 2 pm"),
        ("fr", "Le bac de 22h40", "The 10:40 p.m. ferry", "The 22:40 ferry"),
        ("uk", "о 23:05 або 20:30", "at 11:05 am or 20:30", "at 23:05 or 20:30"),
        ("fr", "Fin à 0 h 45.", "It ends at 45:00 or 1:45.", "It ends at 45:00 or 0:45."),
        ("fr", "De 8h10 à 9h20", "From 10:10 to 11:20", "From 10:10 to 11:20"),
        ("ru", "Здесь 7 654 321 книга.", "Here are 7654321 books.", "Here are 7,654,321 books."),
        ("ru", "Код 7654321.", "The code is 7654321.", "The code is 7654321."),
        ("fr", "8 €, à 1 € le kilo", "8 euro, at 1 euro a kilo", "8 euros, at 1 euro a kilo"),
        ("fr", "8 €, ou 9 €", "8 Euro, or 9 Euro", "8 euros, or 9 euros"),
        ("fr", "un billet de 8 €", "an 8 euro ticket", "an 8 euro ticket"),
        ("fr", "151 939 voitures", "151 939 cars", "151,939 cars"),
        ("ru", "1 234,5 тонны", "1 234,5 tonnes", "1,234.5 tonnes"),
        ("fr", "2,4 milliards d'euros", "$2,4 billion", "€2.4 billion"),
        ("ru", "30 евро", "30 dollars", "30 euros"),
        ("ru", "1 500 рублей", "1.500 roubles", "1,500 roubles"),
        ("fr", "12,50 euros en 2023", "12.50 euros in 2023", "12.50 euros in 2023"),
    ],
)
def test_formats_follow_the_target(language: str, source: str, target: str, wanted: str) -> None:
    assert localise(source, target, source_language=language, target_language="en") == wanted


def test_english_numbers_become_french_and_ukrainian_ones() -> None:
    source, copied = "It sold 151,939 cars, 3.5% more.", "Il a vendu 151,939 voitures, 3.5 %."
    found = localise(source, copied, source_language="en", target_language="fr")
    assert found == "Il a vendu 151\u202f939 voitures, 3,5 %."
    found = localise(source, "Продано 151,939 машин", source_language="en", target_language="uk")
    assert found == "Продано 151\u00a0939 машин"


def test_a_format_is_left_alone_where_the_source_does_not_vouch_for_the_value() -> None:
    target = "It sold 151 940 cars."
    assert localise("151 939", target, source_language="fr", target_language="en") == target


def test_a_number_written_apart_is_joined_where_the_source_has_it() -> None:
    languages = {"source_language": "fr", "target_language": "en"}
    found = localise("1 250 000 euros, 4,5 % de plus", "1, 250, 000 euros, 4. 5% more", **languages)
    assert found == "1,250,000 euros, 4.5% more"
    listed = "In 2019, 45 people came."
    assert localise("En 2019, 45 personnes sont venues.", listed, **languages) == listed


@given(st.integers(0, 10**7), st.integers(0, 99), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_a_format_never_changes_a_value(whole: int, cents: int, space: str) -> None:
    amount = f"{whole:,}".replace(",", space) + f",{cents:02d}"
    found = localise(f"{amount} €", f"€{amount}", source_language="fr", target_language="en")
    (before,) = figures(f"{amount} €", language="fr")
    (after,) = figures(found, language="en")
    assert before.values == after.values


def test_another_unit_beside_the_same_number_is_seen() -> None:
    languages = {"source_language": "ru", "target_language": "en"}
    assert unit_problems("30 евро", "$30", **languages) == ["30 EUR"]
    assert unit_problems("30 км", "30 miles", **languages) == ["30 km"]
    assert unit_problems("30 км", "some 30 away", **languages) == ["30 km"]
    assert unit_problems("200 километров в час", "200 kilometres per hour", **languages) == []
    assert unit_problems("300 рублей", "300 rubles", **languages) == []
    assert unit_problems("в 17-м округе", "in the 17th district", **languages) == []
    assert unit_problems("30 евро и 30 долларов", "€30 and $30", **languages) == []
    assert [m.unit for m in measures("5 кг за 300 руб. и 2 %", language="ru")] == ["kg", "RUB", "%"]


@pytest.mark.parametrize(
    ("source", "written", "right"),
    [
        ("Потребление упало на 12 кВт·ч.", "It fell by 12 MW.", "It fell by 12 kWh."),
        ("Потребление упало на 12 кВт·ч.", "By 12 megawatts.", "By 12 kilowatt-hours."),
        ("До города 120 км.", "The city is 120 miles away.", "The city is 120 kilometres away."),
        ("Он пробежал 100 м.", "He ran 100m.", "He ran 100 m."),
        ("Билет стоит 30 евро.", "A ticket costs 30 Euros.", "A ticket costs 30 euros."),
        ("Билет стоит 30 евро.", "A ticket costs $30.", "A ticket costs €30."),
        ("Упало на 12 кВт·ч.", "It fell by 12kWh.", "It fell by 12 kWh."),
        ("Упало на 12 кВт·ч.", "It fell by 12kW.", "It fell by 12 kWh."),
        ("За 3,2 млн рублей.", "For ₽3.2 mln a year.", "For ₽3.2 million a year."),
        ("Билет стоит 30 евро.", "A ticket costs 30 €.", "A ticket costs €30."),
        ("Ремонт за 3,2 млн евро.", "A 3.2 million repair.", "A €3.2 million repair."),
        ("Станция на 40 МВт.", "A station of 40 MW.", "A station of 40 MW."),
        ("Он отдал 30 долларов и 30 евро.", "He gave $30 and €30.", "He gave $30 and €30."),
    ],
)  # fmt: skip
def test_a_unit_is_put_right(source: str, written: str, right: str) -> None:
    assert localise(source, written, source_language="ru", target_language="en") == right
    assert unit_problems(source, right, source_language="ru", target_language="en") == []


def test_a_lost_currency_is_flagged_where_its_number_is_not_plain() -> None:
    languages = {"source_language": "ru", "target_language": "en"}
    source, target = "30 евро за 30 минут.", "It takes 30 minutes for 30."
    assert localise(source, target, **languages) == target
    assert unit_problems(source, target, **languages) == ["30 EUR"]


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("ru", "В 2024 году доллар подорожал.", "In 2024 the currency rose."),
        ("ru", "В 2024 Евро приняла Германия.", "Germany was host in 2024."),
        ("ru", "В 2024 евро подешевел.", "In 2024 it fell."),
        ("uk", "У 2023 євро подорожчав.", "It rose in 2023."),
        ("ru", "15 марта доллар подорожал.", "On March 15 it rose."),
        ("ru", "К 15:30 рубль упал.", "It had fallen by 15:30."),
        ("ru", "К 30 доллар не дошёл.", "It did not reach 30."),
        ("ru", "Так было в 2024. Доллар рос.", "So it was in 2024."),
        ("ru", "Потратили 5 млн. Рубль упал.", "They spent 5 million. It fell."),
        ("ru", "Боксёр весит 200 фунтов.", "The boxer weighs 200 lb."),
        ("uk", "Боксер важить 200 фунтів.", "The boxer weighs 200 lb."),
        ("fr", "Il a vendu 200 livres samedi.", "He sold 200 books on Saturday."),
        ("fr", "En 2024 euro et dollar se valaient.", "In 2024 they were equal."),
        ("fr", "Le 15 mars, l'euro a monté.", "On 15 March it rose."),
    ],
)
def test_a_number_that_only_stands_before_a_currency_is_no_amount(
    language: str, source: str, target: str
) -> None:
    languages = {"source_language": language, "target_language": "en"}
    assert localise(source, target, **languages) == target
    assert unit_problems(source, target, **languages) == []


@pytest.mark.parametrize(
    ("language", "source", "target", "right"),
    [
        ("ru", "Это стоило 2000 долларов.", "It cost 2,000.", "It cost $2,000."),
        ("ru", "Обошлось в 2024 доллара.", "It cost 2024.", "It cost $2024."),
        ("ru", "Он отдал 21 доллар.", "He gave 21.", "He gave $21."),
        ("ru", "5 тыс. долларов", "5 thousand", "$5 thousand"),
        ("ru", "5 млн американских долларов", "5 million", "$5 million"),
        ("ru", "2 с половиной миллиона евро", "2.5 million", "€2.5 million"),
        ("fr", "3 milliards et demi d'euros", "3.5 billion", "€3.5 billion"),
        ("fr", "200 livres sterling", "He paid 200.", "He paid £200."),
        ("uk", "200 фунтів стерлінгів", "He paid 200.", "He paid £200."),
        ("fr", "200 livres sterling", "He paid 200 pounds.", "He paid 200 pounds."),
    ],
)
def test_an_amount_keeps_its_currency(language: str, source: str, target: str, right: str) -> None:
    assert localise(source, target, source_language=language, target_language="en") == right


@pytest.mark.parametrize(
    ("language", "source", "invented", "right"),
    [
        ("ru", "В 2023 году завод закрыли.", "In $2023 it closed.", "In 2023 it closed."),
        ("ru", "Боксёр весит 200 фунтов.", "He weighs £200.", "He weighs 200 pounds."),
        ("uk", "Боксер важить 200 фунтів.", "He weighs £200.", "He weighs 200 lb."),
        ("uk", "Продали 40 пачок.", "They sold €40 packs.", "They sold 40 packs."),
        ("fr", "Il a vendu 300 livres.", "He sold €300 books.", "He sold 300 books."),
        ("fr", "Il a vendu 300 livres.", "He sold £300 books.", "He paid £300."),
        ("fr", "Le 8 mars, il a perdu 3 %.", "On £8 March it lost $3.", "On 8 March it lost 3%."),
        ("ru", "Он отдал 50 копеек.", "", "He gave ₽0.50."),
        ("ru", "Еврозона растёт.", "", "The euro zone grows."),
        ("ru", "Купили за 5 долл.", "", "Bought for $5."),
    ],
)
def test_money_of_which_the_source_says_nothing_is_invented(
    language: str, source: str, invented: str, right: str
) -> None:
    languages = {"source_language": language, "target_language": "en"}
    assert not invented or invented_money(source, invented, **languages)
    assert invented_money(source, right, **languages) == []
    segment = Segment(source, language, "en")
    assert not invented or Flag.UNITS in suspicions(
        segment, Hypothesis(invented, 9, "stop", "test")
    )


def test_no_sign_is_put_before_what_is_counted() -> None:
    languages = {"source_language": "fr", "target_language": "en"}
    for counted in ("200 books", "200 lb", "200 people", "200 million readers"):
        source = (
            "200 millions de livres sterling" if "million" in counted else "200 livres sterling"
        )
        assert localise(source, counted, **languages) == counted
        assert unit_problems(source, counted, **languages) != []


@pytest.mark.model
@pytest.mark.slow
def test_spans_survive_the_real_model(embedded_chat: Any) -> None:
    from models.chat.causal import CausalTranslator
    from models.engine import Decoding, Segment
    from pipeline.stages.triage.ladder import Ladder
    from pipeline.stages.triage.ladder_record import LadderRecord

    lines = [line for line in LINES if line[1] in {"url", "email", "placeholder"}][::9]
    engine = CausalTranslator(embedded_chat)

    def decode(wanted: Sequence[Segment]) -> list[Hypothesis]:
        found = dict(engine.translate(wanted, decoding=Decoding()))
        return [
            replace(found[i], text=put_back(s.text, found[i].text)) for i, s in enumerate(wanted)
        ]

    segments = [Segment(source, language, "en") for language, _, source, _ in lines]
    ladder = Ladder(decode, samples=2, record=LadderRecord())
    answers = ladder.climb(segments, decode(segments))
    assert len(answers) > 5
    for (_, _, source, wanted), answer in zip(lines, answers, strict=True):
        assert wanted in answer.text, f"{source} -> {answer.text}"
        assert "kept-source" not in answer.flags
