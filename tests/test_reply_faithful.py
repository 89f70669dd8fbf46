"""Faithful translations that look like chatter keep every word; only talk about the task goes."""

from __future__ import annotations

import pytest

from models.chat.reply import clean_reply


@pytest.mark.parametrize(
    ("source", "reply"),
    [
        ("Вот что известно:", "Here is what is known:"),
        ("Вот что известно о взрыве: ранены двое.", "Here is what is known: two are hurt."),
        (
            "Вот список закрытых мостов: Новый и Старый.",
            "Here is the list of closed bridges: New, Old.",
        ),
        ("Примечание: рынок закрыт до мая.", "Note: the market is closed until May."),
        ("Рынок закрыт. Примечание: до мая.", "The market is closed. Note: until May."),
        (
            "Министр дал объяснение: мост стар.",
            "The minister gave an explanation: the bridge is old.",
        ),
        ("Мост закрыт. Объяснение: он стар.", "The bridge is closed. Explanation: it is old."),
        (
            "Конечно, вот ответ мэра: налог не вырастет.",
            "Sure, here is the mayor's answer: no tax rise.",
        ),
        ("Вот перевод его письма: «Жду».", "Here is the translation of his letter: “I wait”."),
        ("Перевод: сто рублей.", "Transfer: a hundred roubles."),
        ("Итог: продажи упали.", "Summary: sales fell."),
        ("Надеюсь, это поможет.", "I hope this helps."),
        (
            "Мы рады. Дайте знать, если вам нужен билет.",
            "We are glad. Let me know if you need a ticket.",
        ),
        ("Мост (прим. ред. — Новый) закрыт.", "The bridge (note: the New one) is closed."),
        (
            "Voici la liste des écoles fermées : Nord et Sud.",
            "Here is the list of closed schools: North, South.",
        ),
        ("Note : le pont est fermé.", "Note: the bridge is closed."),
        ("Ось що відомо: двоє поранені.", "Here is what is known: two are hurt."),
        ("Примітка: рух закрито.", "Note: traffic is closed."),
        ("— Мы рады.", "“We are glad.”"),
        ("Здравствуйте, {name}!", "{name}, good day!"),
        ("In summary: sales fell.", "En résumé : les ventes ont baissé."),
        ("Here is the French answer: no.", "Voici la réponse française : non."),
    ],
)
def test_nothing_is_cut_out_of_a_faithful_translation(source: str, reply: str) -> None:
    assert clean_reply(reply, source=source) == reply


@pytest.mark.parametrize(
    "opening",
    [
        "Here is the translation:\n",
        "Certainly! Here is the English translation of the article: ",
        "Voici la traduction du texte en anglais :\n\n",
        "Вот перевод текста на английский язык:\n",
        "Ось переклад статті: ",
        "English translation: ",
        "<think>It is short.</think>",
        "They want English.</think>\n",
    ],
)
def test_talk_about_the_task_goes(opening: str) -> None:
    assert clean_reply(f"{opening}The mill burns.", source="Мельница горит.") == "The mill burns."


@pytest.mark.parametrize(
    ("article", "reply", "summary"),
    [
        ("The mill burns.", "Here is the summary:\nThe mill burns.", "The mill burns."),
        ("The mill burns.", "Summary of the article: The mill burns.", "The mill burns."),
        ("The mill burns. Note: no one is hurt.", "It burns. Note: no one is hurt.", None),
        ("Closed are A and B.", "Here is the list of closed mills: A and B.", None),
        ("The summary of the report: mills burn.", "Summary of the report: mills burn.", None),
        ("Le moulin brûle.", "Résumé : le moulin brûle.", "le moulin brûle."),
    ],
)
def test_a_summary_loses_its_opening_and_nothing_else(
    article: str, reply: str, summary: str | None
) -> None:
    assert clean_reply(reply, source=article, task="summary") == (summary or reply)
