"""What is wrong with a translation is named, and nothing is said about good ones."""

from __future__ import annotations

import pytest

from models.engine import Finish, Hypothesis, Segment
from pipeline.facts.negation import negation_lost
from pipeline.flag import Flag
from pipeline.stages.triage.suspicions import severity, suspicions

LONG = "Город открыл новый мост через реку, и жители пришли посмотреть."
GOOD = "The city opened a new bridge over the river, and people came to look."


def found(
    source: str, target: str, *, language: str = "ru", to: str = "en", finish: Finish = "stop"
) -> tuple[str, ...]:
    return suspicions(Segment(source, language, to), Hypothesis(target, 1, finish, "m"))


def test_a_good_translation_is_not_suspected() -> None:
    assert found(LONG, GOOD) == ()
    assert found("Renault Group", "Renault Group", language="fr") == ()
    assert found("Sommet à Kyiv", "Summit in Kyiv", language="fr") == ()


@pytest.mark.parametrize(
    ("flag", "target"),
    [
        ("empty", " "),
        ("short", "Bridge."),
        ("long", "The bridge is open. " * 12),
        ("residue", "The город opened a bridge over the river and people came."),
        ("meta", '{"text": "The city opened a new bridge over the river"}'),
        ("meta", "Here is the translation of the text: the city opened a bridge."),
        ("meta", "I'm sorry, but I cannot translate this text about the city bridge."),
        ("loop", "The city opened the city opened the city opened the city opened a bridge."),
        ("numbers", "The city opened 2 new bridges over the river, and people came to look."),
        ("language", "Týk město otevřelo nový most přes řeku a lidé se přišli dívat."),
    ],
)
def test_a_bad_one_is_named(flag: str, target: str) -> None:
    assert flag in found(LONG, target)


def test_how_it_ended_counts() -> None:
    assert found(LONG, GOOD, finish="length") == ("cut",)
    assert found(LONG, GOOD, finish="loop") == ("loop",)


def test_copies_and_other_languages_are_seen() -> None:
    french = "La ville a ouvert un nouveau pont et les gens sont venus voir."
    assert "copied" in found(french, french, language="fr")
    other = "La ville a ouvert un pont neuf et tous les gens sont venus le voir."
    assert "language" in found(french, other, language="fr")
    russian = "Город открыл мост, и это был большой день для всех, кто живёт рядом. Вы слышали?"
    assert "language" in found(russian, russian, language="ru", to="uk")
    assert "residue" in found("The city opened.", "The city.", language="en", to="ru")


def test_a_refrain_of_the_source_is_no_loop() -> None:
    source = "Мы едем, едем, едем в далёкие края, мы едем, едем, едем, мы едем, едем, едем."
    target = "We go, we go, we go to far lands, we go, we go, we go, we go, we go, we go."
    assert "loop" not in found(source, target)


def test_what_must_survive_is_missed() -> None:
    assert "protected" in found("Смотрите example.org завтра.", "See the site tomorrow.")
    assert "units" in found("Билет стоит 30 евро.", "A ticket costs 30 pounds.")
    text = "Nightdesk вышел."
    seen = suspicions(
        Segment(text, "ru", "en"),
        Hypothesis("Night Desk is out.", 1, "stop", "m"),
        terms=["Nightdesk"],
    )
    assert "protected" in seen


@pytest.mark.parametrize(
    ("language", "source", "target", "lost"),
    [
        ("ru", "Он не приехал.", "He came.", True),
        ("ru", "Он не приехал.", "He did not come.", False),
        ("ru", "Никто не пострадал.", "People were hurt.", True),
        ("ru", "Не только он приехал.", "He came too.", False),
        ("ru", "Он не согласен.", "He disagrees.", False),
        ("uk", "Він не приїхав.", "He arrived.", True),
        ("uk", "Грошей немає.", "There is money.", True),
        ("uk", "Грошей немає.", "There is no money.", False),
        ("fr", "Il n'est pas venu.", "He came.", True),
        ("fr", "Il n'est pas venu.", "He didn't come.", False),
        ("fr", "Il ne vient que le lundi.", "He comes on Mondays.", False),
        ("fr", "Il est pas à pas venu.", "He came step by step.", False),
        # A contrast renders "not", and no denial that leaves nothing over.
        ("ru", "Он не приехал, а прилетел.", "He came, but by air.", False),
        (
            "ru",
            "Они больше не будут ездить, но останутся.",
            "They will go on, but will stay.",
            True,
        ),
        ("ru", "Они больше не будут ездить.", "They will stop going, but not now.", False),
        ("uk", "Ніхто не приїхав, але ждуть.", "They came, but they wait.", True),
        ("uk", "Потяги вже не ходять, але є автобус.", "Trains run, but there is a bus.", True),
        ("uk", "Потяги вже не ходять, але є автобус.", "The trains have ceased, but...", False),
        ("fr", "Le pont n'est plus ouvert, mais on passe.", "The bridge is open, but...", True),
        ("fr", "Il ne reste plus que deux ponts.", "Only two bridges are left.", False),
        ("fr", "Personne n'a parlé, mais il rit.", "They spoke, but he laughs.", True),
    ],
)
def test_a_lost_negation(language: str, source: str, target: str, lost: bool) -> None:
    assert negation_lost(source, target, source_language=language, target_language="en") is lost


def test_one_fatal_fault_outweighs_all_others() -> None:
    assert severity(["empty"]) > severity(["numbers", "negation", "units", "loop", "cut", "long"])
    assert severity(["numbers"]) > severity(["long", "short"])
    assert severity([]) == 0


@pytest.mark.parametrize(
    ("source", "language", "text"),
    [
        (
            "Вот полный текст заявления мэра:",
            "ru",
            "Here is the full text of the mayor's statement:",
        ),
        ("Ось повна версія закону.", "uk", "Here is the full version of the law."),
        ("Voici le texte de la loi.", "fr", "Here is the text of the law."),
    ],
)
def test_a_source_that_presents_a_text_is_no_talk_about_the_task(
    source: str, language: str, text: str
) -> None:
    found = Hypothesis(text, 9, "stop", "m")
    assert Flag.META not in suspicions(Segment(source, language, "en"), found)


def test_a_text_that_a_server_refused_is_flagged_as_such() -> None:
    refused = Hypothesis("", 0, "stop", "m", refusal="HTTP 400: flagged")
    assert suspicions(Segment("Депо закрыли.", "ru", "en"), refused) == (Flag.EMPTY, Flag.REFUSED)


@pytest.mark.parametrize(
    ("language", "source", "target", "cut"),
    [
        ("ru", "Жители Удачного ждут тепла.", "Residents of Udachn wait for heat.", True),
        ("ru", "Жители Удачного ждут тепла.", "Residents of Udachny wait for heat.", False),
        ("ru", "Автобус стоял в Лесном.", "The bus stood in Lesn.", True),
        ("ru", "Поезд шёл из Горького.", "The train came from Gork.", True),
        ("ru", "Жители Томского района.", "Residents of the Tomsk district.", False),
        ("ru", "Его видели с Ивановым.", "He was seen with Ivanov.", False),
        ("uk", "Вокзал у центрі Південного.", "A station in the centre of Pivdenn.", True),
        ("uk", "Пам'ять Бабиного Яру.", "The memory of Babyn Yar.", False),
    ],
)
def test_a_name_without_its_ending(language: str, source: str, target: str, cut: bool) -> None:
    found = suspicions(Segment(source, language, "en"), Hypothesis(target, 1, "stop", "m"))
    assert (Flag.NAMES in found) is cut
