"""Two texts that differ in a fact are no copies; those that only look different are."""

from __future__ import annotations

import pytest
from copies import BOAT, PORT, PRIX, SNOW, VOTE, dedup, document, fates

from pipeline.lang.normalise import normalise
from pipeline.stages.duplicates.vetoes import veto


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
