"""Copies are found, what only looks like one is not, whatever the order of the input."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.document import Document, Kind, Paragraph, Removal, Span, content_id
from pipeline.errors import UsageError
from pipeline.lang.normalise import normalise
from pipeline.reason import Reason
from pipeline.stages.dedup import Dedup
from pipeline.stages.duplicates.vetoes import veto

BOAT = (
    "The town of Reyny will run its own evening boat from the first of March, the council decided "
    "after a debate of four hours, and the old company will hand over the quay and the ticket hall."
)
SNOW = (
    "Heavy snow closed the mountain road above Reyny for the third time this winter, and a school "
    "bus with twelve pupils had to wait two hours until a plough from the valley came through."
)
PRIX = (
    "Le prix du billet restera fixé à 12 euros jusqu'à l'été, a promis le maire de Reyny devant "
    "les habitants réunis dans la halle, et les abonnés garderont leur réduction de moitié."
)
PORT = (
    "Порт Рейни примет в этом году на восемь судов больше, чем в прошлом, сообщил начальник порта "
    "Павел Орлов, и для них на северном берегу уже строят новый причал длиной двести метров."
)
VOTE = (
    "Міська рада Рейні не підтримала продаж старого порома, бо мешканці зібрали понад тисячу "
    "підписів і просили залишити його музеєві, повідомила депутатка Олена Гай."
)


def document(
    name: str, *lines: str, date: str | None = None, kinds: dict[int, Kind] | None = None
) -> Document:
    """Return a document with one paragraph per line."""
    text = "\n\n".join(lines)
    paragraphs, at = [], 0
    for index, line in enumerate(lines):
        kind = (kinds or {}).get(index, Kind.TEXT)
        paragraphs.append(Paragraph(index, line, Span(at, at + len(line)), kind=kind))
        at += len(line) + 2
    return Document(content_id(text), name, text, "utf-8", tuple(paragraphs), date=date)


def dedup(*documents: Document, **options: object) -> dict[str, Document]:
    """Return the documents after the stage, by name."""
    done = list(Dedup(**options).run(documents))  # type: ignore[arg-type]
    assert [d.name for d in done] == [d.name for d in documents]
    return {d.name: d for d in done if isinstance(d, Document)}


def fates(done: Document) -> list[tuple[str, str, int] | None]:
    """Return reason, kept document and kept paragraph of every removed paragraph."""
    return [
        (p.removal.reason, p.removal.kept.document, p.removal.kept.paragraph)
        if p.removal and p.removal.kept
        else None
        for p in done.paragraphs
    ]


def test_a_block_pasted_twice_is_kept_once() -> None:
    done = dedup(document("a", PORT, BOAT, SNOW, PRIX, BOAT, SNOW, PRIX))["a"]
    assert fates(done) == [None] * 4 + [("exact-copy", "a", k) for k in (1, 2, 3)]
    kept = done.paragraphs[4].removal.kept  # type: ignore[union-attr]
    assert kept is not None
    assert done.text[kept.span.start : kept.span.end] == BOAT


def test_headings_inside_a_repeated_block_go_with_it_and_the_next_one_stays() -> None:
    done = dedup(
        document("a", "The boat", BOAT, "Weather", SNOW, "The boat", BOAT, "Weather", SNOW,
                 "Weather", PRIX)
    )["a"]  # fmt: skip
    assert [p.removal is not None for p in done.paragraphs] == [False] * 4 + [True] * 4 + [
        False
    ] * 2
    assert fates(done)[4] == ("exact-copy", "a", 0)


def test_list_items_below_a_repeated_paragraph_go_with_it() -> None:
    items = {1: Kind.LIST_ITEM, 2: Kind.LIST_ITEM, 4: Kind.LIST_ITEM, 5: Kind.LIST_ITEM}
    done = dedup(
        document(
            "a", BOAT, "one boat", "two quays", BOAT, "one boat", "two quays", SNOW, kinds=items
        )
    )["a"]
    assert [p.removal is not None for p in done.paragraphs] == [False] * 3 + [True] * 3 + [False]


def test_a_title_printed_twice_is_kept_once_and_refrains_are_left_alone() -> None:
    title = "The boat that came back"
    done = dedup(document("a", title, title, BOAT, "He laughed.", SNOW, "He laughed."))["a"]
    assert fates(done) == [None, ("exact-copy", "a", 0), None, None, None, None]


def test_short_paragraphs_are_never_copies_of_another_document() -> None:
    title = "Reyny council decides on the evening boat after a long debate"
    done = dedup(
        document("a", title, "Background", BOAT, date="2026-01-01"),
        document("b", title, "Background", SNOW, date="2026-01-02"),
        document("c", title, PRIX, kinds={0: Kind.HEADING}),
    )
    assert all(not any(fates(d)) for d in done.values())


def test_the_earliest_dated_copy_is_kept_then_the_longer_document() -> None:
    done = dedup(
        document("a-undated", BOAT, PORT, VOTE),
        document("b-late", BOAT, SNOW, date="2026-02-02"),
        document("c-early", BOAT, PRIX, date="2026-01-02"),
    )
    assert fates(done["c-early"]) == [None, None]
    assert fates(done["b-late"])[0] == ("exact-copy", "c-early", 0)
    assert fates(done["a-undated"])[0] == ("exact-copy", "c-early", 0)
    done = dedup(document("a", BOAT), document("b", SNOW, BOAT))
    assert fates(done["a"]) == [("exact-copy", "b", 1)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (BOAT, BOAT.upper()),
        (BOAT, BOAT.replace(" ", "\u00a0").replace(",", " ,")),
        (PRIX, PRIX.replace("'", "’").replace("é", "e\u0301")),
        (PORT, PORT.replace("порта", "пор\u00adта").replace("судов", "су\u200bдов")),
        (PORT, PORT.replace("начальник", "нaчaльник").replace("Порт", "Пopт")),
        (VOTE, "«" + VOTE.replace(",", " —") + "»"),
        (BOAT, BOAT.replace("of", "ｏｆ")),  # full-width letters
    ],
)
def test_what_reads_the_same_is_a_normalised_copy(left: str, right: str) -> None:
    assert left != right
    done = dedup(document("a", left, date="2026-01-01"), document("b", right), near=False)
    assert fates(done["b"]) == [("normalised-copy", "a", 0)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a loss of 3,5 %", "a loss of 35 %"),
        ("it was -5 outside", "it was 5 outside"),
        ("10² lots", "102 lots"),
        ("$30", "€30"),
        ("He will go.", "He will go?"),
        ("2024-25", "2024 25"),
        ("rate of 1.5", "rate of 15"),
    ],
)
def test_normalising_keeps_what_means_something(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


@pytest.mark.parametrize(
    ("text", "damage"),
    [
        (BOAT, [("council", "counncil"), ("debate", "debaet"), ("company", "compny")]),
        (SNOW, [("mountain", "mountian"), ("plough", "plugh"), ("through", "throgh")]),
        (PRIX, [("promis", "pormis"), ("habitants", "habitans"), ("abonnés", "abonn�s")]),
        (PORT, [("больше", "болше"), ("строят", "строют"), ("берегу", "береггу")]),
        (VOTE, [("підтримала", "підтримла"), ("мешканці", "мешкнаці"), ("музеєві", "музееві")]),
        (BOAT, [("evening boat", "eveningboat"), ("ticket", "tic ket")]),
    ],
)
def test_typing_errors_do_not_hide_a_copy(text: str, damage: list[tuple[str, str]]) -> None:
    noisy = text
    for right, wrong in damage:
        assert right in noisy
        noisy = noisy.replace(right, wrong)
    done = dedup(document("a", text, date="2026-01-01"), document("b", noisy, date="2026-01-02"))
    assert fates(done["b"]) == [("near-copy", "a", 0)]
    removal = done["b"].paragraphs[0].removal
    assert removal is not None
    assert removal.threshold == 0.8
    assert removal.similarity is not None
    assert 0.8 <= removal.similarity <= 1.0  # of the letters: spaces do not count
    off = dedup(document("a", text), document("b", noisy), near=False)
    assert not any(fates(off["b"]))


@pytest.mark.parametrize(
    ("text", "fact", "other", "reason"),
    [
        (BOAT, "four", "five", "number"),
        (BOAT, "first", "third", "number"),
        (BOAT, "March", "May", "date"),
        (BOAT, "Reyny", "Tarsk", "name"),
        (BOAT, "will run", "will not run", "negation"),
        (BOAT, "after", "before", "wording"),
        (SNOW, "closed", "spared", "wording"),
        (SNOW, "third", "second", "number"),
        (SNOW, "twelve", "12", "number"),
        (PRIX, "12 euros", "13 euros", "number"),
        (PRIX, "restera fixé", "ne restera pas fixé", "negation"),
        (PRIX, "euros", "dollars", "wording"),
        (PORT, "больше", "меньше", "wording"),
        (PORT, "примет", "не примет", "negation"),
        (PORT, "Павел Орлов", "Павел Серов", "name"),
        (PORT, "двести", "триста", "number"),
        (VOTE, "не підтримала", "підтримала", "negation"),
        (VOTE, "Олена Гай", "Олена Май", "name"),
        ("The fund said that imports of grain fell again in the last quarter of the year.",
         "imports", "exports", "wording"),
        ("Завод сообщил, что повысил цены на 5 млн заказов для северных портов страны.",
         "млн", "млрд", "number"),
        ("Компания откроет новую линию в июне, сказал директор верфи журналистам в Рейни.",
         "июне", "июле", "date"),
        ("France beat Norway in the final of the cup after a long and tense evening in Reyny.",
         "France beat Norway", "Norway beat France", "name"),
        ("Sales of the yard rose by 5% in the year, the board of the company said on its site.",
         "5%", "5$", "number"),
        ("The council called the plan legal and asked the yard to begin the work this spring.",
         "legal", "illegal", "wording"),
    ],
)  # fmt: skip
def test_a_changed_fact_is_no_copy(text: str, fact: str, other: str, reason: str) -> None:
    assert fact in text
    changed = text.replace(fact, other)
    done = dedup(document("a", text, date="2026-01-01"), document("b", changed, date="2026-01-02"))
    assert not any(fates(done["a"])), reason
    assert not any(fates(done["b"])), reason
    assert veto(changed, text) is not None


_BEHIND = {
    "en": " The port office said so in the evening, after a long talk with captains from Reyny.",
    "ru": " Об этом вечером сообщила контора порта после долгой беседы с капитанами из Рейни.",
    "uk": " Про це ввечері повідомила контора порту після довгої розмови з капітанами з Рейні.",
    "fr": " Le bureau du port l'a dit dans la soirée, après un long entretien avec les capitaines.",
}


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Boat 15A leaves from the third quay.", "Boat 15B leaves from the third quay."),
        ("en", "The A320 will fly to Reyny again.", "The B320 will fly to Reyny again."),
        ("en", "Paragraph 12 b was struck out.", "Paragraph 12 c was struck out."),
        ("en", "Pupils with hepatitis A went home.", "Pupils with hepatitis C went home."),
        ("en", "Part II of the plan is out now.", "Part III of the plan is out now."),
        ("en", "The yard raises its prices.", "The yard raised its prices."),
        ("en", "Prices in the port rise fast.", "Prices in the port rose fast."),
        ("en", "The quay is closed to lorries.", "The quay was closed to lorries."),
        ("fr", "Le groupe A jouera dans la halle.", "Le groupe B jouera dans la halle."),
        ("fr", "Le port augmentera ses prix.", "Le port augmenta ses prix."),
        ("fr", "Le port a relevé ses prix.", "Le port relève ses prix."),
        ("fr", "Il fermera le port et vendra le quai.", "Il ferma le port et vendit le quai."),
        ("fr", "Il fermera le port et vendra le quai.", "Il a fermé le port et a vendu le quai."),
        ("fr", "Ils choisiront le pont.", "Ils choisirent le pont."),
        ("fr", "Il prendra le pont et construira là.", "Il prit le pont et construisit là."),
        ("en", "It buys the bridge and says so.", "It bought the bridge and said so."),
        ("ru", "Он закроет порт и продаст причал.", "Он закрыл порт и продал причал."),
        ("ru", "Он примет решение и начнёт.", "Он принял решение и начал."),
        ("uk", "Він закриє порт і продасть причал.", "Він закрив порт і продав причал."),
        ("ru", "Катер № 15А уходит с пирса.", "Катер № 15Б уходит с пирса."),
        ("ru", "Статья 228а здесь отменена.", "Статья 228б здесь отменена."),
        ("ru", "Дом 12 а на набережной снесут.", "Дом 12 б на набережной снесут."),
        ("ru", "Команда сыграет в группе А.", "Команда сыграет в группе Б."),
        ("ru", "А. Орлов открыл новый причал.", "Б. Орлов открыл новый причал."),
        ("ru", "Порт повысит цены на причал.", "Порт повысил цены на причал."),
        ("ru", "Правление повысит цены.", "Правление повысило цены."),
        ("ru", "Сбор подорожает на треть.", "Сбор подорожал на треть."),
        ("ru", "Ставка снова повысится.", "Ставка снова повысилась."),
        ("uk", "Катер № 15А рушає з пірса.", "Катер № 15Б рушає з пірса."),
        ("uk", "Команда зіграє в групі А.", "Команда зіграє в групі Б."),
        ("uk", "Правління підвищить ціни.", "Правління підвищило ціни."),
    ],
)
def test_a_letter_alone_and_a_tense_are_facts(language: str, one: str, other: str) -> None:
    for left, right in ((one, other), (other, one)):
        first, second = left + _BEHIND[language], right + _BEHIND[language]
        done = dedup(document("a", first, date="2026-01-01"), document("b", second))
        assert not any(fates(done["b"]))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "The council counted the boats.", "The council countted the boats."),
        ("en", "They raised a flag for the boat.", "They raisd a flag for the boat."),
        ("en", "They walked a long way home.", "They walked along way home."),
        ("fr", "Il fermera le port et vendra.", "Il fermeera le port et vendra."),
        ("fr", "Les élus ont vu le quai fini.", "Les elus ont vu le quai finni."),
        ("ru", "Катер № 15А уходит с пирса.", "Катер № 15A уходит с пирса."),
        ("ru", "Порт повысит цены на причал.", "Порт повыссит цены на причал."),
        ("uk", "О 12 у порту пролунав дзвін.", "О 12 в порту пролунав дзвін."),
    ],
)
def test_damage_of_a_letter_is_no_fact(language: str, one: str, other: str) -> None:
    first, second = one + _BEHIND[language], other + _BEHIND[language]
    done = dedup(document("a", first, date="2026-01-01"), document("b", second))
    assert any(fates(done["b"]))


def test_in_a_text_full_of_damage_a_letter_says_nothing() -> None:
    damage = [("evening", "evenin"), ("after", "aftr"), ("captains", "captians"), ("long", "lnog")]
    noisy = "Pupils with hepatitis C went home." + _BEHIND["en"]
    for right, wrong in damage:
        noisy = noisy.replace(right, wrong)
    assert veto(noisy, "Pupils with hepatitis A went home." + _BEHIND["en"]) is None


def test_the_veto_names_what_differs() -> None:
    assert veto("the 12th package of sanctions", "the 13th package of sanctions") == "number"
    assert veto("the price will rise in Reyny", "the price will not rise in Reyny") == "negation"
    assert veto("поезд придёт в среду вечером", "поезд придёт в пятницу вечером") == "date"
    assert veto("the mayor Anna Rebrova said so", "the mayor Vera Koval said so") == "name"
    assert veto("11,000 people came", "11 000 people came") is None
    assert veto("same words here", "same words here") is None


def test_the_same_template_with_other_content_is_no_copy() -> None:
    template = (
        "The share of {} closed at {} euros on {}, {} by {} per cent, after a day of calm trade."
    )
    done = dedup(
        document("a", template.format("Harbour Works", 41, "Monday", "up", 3), date="2026-01-01"),
        document("b", template.format("Northern Rail", 17, "Monday", "down", 2)),
    )
    assert not any(fates(done["b"]))


def test_a_cut_copy_goes_but_never_the_whole_one() -> None:
    cut = BOAT[: int(len(BOAT) * 0.9)].rsplit(" ", 1)[0] + " the…"
    done = dedup(document("a", BOAT, date="2026-01-01"), document("b", cut, date="2026-01-02"))
    assert fates(done["b"]) == [("near-copy", "a", 0)]
    done = dedup(document("a", BOAT, date="2026-01-02"), document("b", cut, date="2026-01-01"))
    assert not any(fates(done["a"])), "the longer text would be lost"


def test_the_same_sentences_in_another_order_are_a_copy() -> None:
    left = "The boat was late again. Nobody on the quay was surprised. The captain blamed the fog."
    right = "Nobody on the quay was surprised. The captain blamed the fog. The boat was late again."
    done = dedup(document("a", left, date="2026-01-01"), document("b", right))
    assert fates(done["b"]) == [("near-copy", "a", 0)]


def test_likeness_is_not_passed_on() -> None:
    """A resembles B and B resembles C; C is removed only if it resembles a kept text itself."""
    words = BOAT.split()
    chain = [BOAT]
    for step in range(1, 12):
        spoilt = [
            w[:2] + "x" + w[2:] if k < step * 3 and len(w) > 4 else w for k, w in enumerate(words)
        ]
        chain.append(" ".join(spoilt))
    documents = [document(f"{k:02}", t, date=f"2026-01-{k + 1:02}") for k, t in enumerate(chain)]
    done = dedup(*documents)
    for each in done.values():
        for _reason, name, index in filter(None, fates(each)):
            assert done[name].paragraphs[index].removal is None


def test_a_wholly_copied_document_says_who_carries_its_text() -> None:
    done = dedup(
        document("wire", "Evening boat returns", BOAT, SNOW, date="2026-01-01"),
        document("repost", "Evening boat returns", BOAT, SNOW.upper(), date="2026-01-02"),
        document("half", "Snow", SNOW, PORT, date="2026-01-03"),
    )
    assert [f and f[0] for f in fates(done["repost"])] == [
        "exact-copy", "exact-copy", "normalised-copy",
    ]  # fmt: skip
    assert done["repost"].notes == ("all of its text is a copy; it is carried by wire",)
    assert not done["half"].notes
    assert fates(done["half"]) == [None, ("exact-copy", "wire", 2), None]


def test_a_line_that_differs_is_not_called_a_copy() -> None:
    done = dedup(
        document("wire", "Boat 15A is back", BOAT, SNOW, date="2026-01-01"),
        document("repost", "Boat 15B is back", BOAT, SNOW, date="2026-01-02"),
    )
    assert [f and f[0] for f in fates(done["repost"])] == [None, "exact-copy", "exact-copy"]
    (note,) = done["repost"].notes
    assert note == "all of its text is a copy except 1 short line, kept; it is carried by wire"


def test_removed_paragraphs_and_code_take_no_part() -> None:
    chrome = Removal(stage="clean", reason=Reason.ADVERT)
    first = document("a", BOAT, SNOW, date="2026-01-01", kinds={1: Kind.CODE})
    first = replace(
        first, paragraphs=(replace(first.paragraphs[0], removal=chrome), first.paragraphs[1])
    )
    done = dedup(first, document("b", BOAT, SNOW))
    assert done["a"].paragraphs[0].removal == chrome
    assert not any(fates(done["b"]))


def _newsroom() -> list[Document]:
    chance = random.Random(20260122)
    pool = [BOAT, SNOW, PRIX, PORT, VOTE]
    pool += [text.upper() for text in pool]
    pool += [text.replace("a", "aa", 3).replace("о", "оо", 3) for text in pool[:5]]
    pool += [text.replace("Reyny", "Tarsk").replace("Рейн", "Тарск") for text in pool[:5]]
    pool += ["Weather", "The boat", "Что дальше", "In brief: the boat, the snow and the port"]
    return [
        document(
            f"{k:02}.txt",
            *chance.choices(pool, k=chance.randint(1, 7)),
            date=chance.choice([None, "2026-01-01", "2026-01-02", "2026-01-03"]),
        )
        for k in range(40)
    ]


def test_the_order_of_the_input_changes_nothing() -> None:
    documents = _newsroom()
    expected = dedup(*documents)
    assert sum(p.removal is not None for d in expected.values() for p in d.paragraphs) > 40
    chance = random.Random(1)
    for _ in range(20):
        chance.shuffle(documents)
        assert dedup(*documents) == expected


def test_every_kept_copy_that_is_named_is_kept() -> None:
    done = dedup(*_newsroom())
    for each in done.values():
        for paragraph in each.paragraphs:
            if paragraph.removal and paragraph.removal.kept:
                kept = paragraph.removal.kept
                other = done[kept.document].paragraphs[kept.paragraph]
                assert other.removal is None
                assert other.span == kept.span


def test_running_it_again_changes_nothing() -> None:
    once = dedup(*_newsroom())
    assert {n: d.paragraphs for n, d in dedup(*once.values()).items()} == {
        n: d.paragraphs for n, d in once.items()
    }


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5])
def test_an_impossible_threshold_is_refused(threshold: float) -> None:
    with pytest.raises(UsageError, match="threshold"):
        Dedup(threshold=threshold)


def test_nothing_at_all() -> None:
    empty = document("empty")
    assert list(Dedup().run([])) == []
    assert dedup(empty, document("a", BOAT))["empty"] == empty


def test_a_copy_in_letters_that_look_alike_is_a_copy() -> None:
    text = "Мер підписав угоду про новий водогін, який з'єднає вісім сіл і коштуватиме чимало."
    assert normalise(text) == normalise(text.replace("сіл і ", "сiл i ").replace("вісім", "вiсiм"))
    assert normalise("Він має план B і план C.") != normalise("Він має план А і план С.")
