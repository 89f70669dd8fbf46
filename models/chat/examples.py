"""Sentences in four languages that show a chat model what a translation is to be like.

Our own prose, the same sentence in each language, so that any direction finds its pairs. They show
what small models get wrong: numbers in the format of the target, 24-hour times, direct speech with
dashes and guillemets, negations, directions, headlines without a full stop.
"""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: tuple[Mapping[str, str], ...] = (
    {
        "en": "The Ministry of Health said on Tuesday that 1,234 people had been vaccinated in the"
        " south-west of the country, 3.5% more than a week earlier.",
        "fr": "Le ministère de la Santé a annoncé mardi que 1 234 personnes avaient été vaccinées"
        " dans le sud-ouest du pays, soit 3,5 % de plus qu'une semaine plus tôt.",
        "ru": "Министерство здравоохранения сообщило во вторник, что на юго-западе страны привиты 1"
        " 234 человека, на 3,5 % больше, чем неделей ранее.",
        "uk": "Міністерство охорони здоров'я повідомило у вівторок, що на південному заході країни"
        " щеплено 1 234 особи, на 3,5 % більше, ніж тижнем раніше.",
    },
    {
        "en": '"We do not intend to close the plant," said Marc Leroy, the head of the company,'
        ' "but nobody can promise that wages will not be cut."',
        "fr": "« Nous n'avons pas l'intention de fermer l'usine, a déclaré Marc Leroy, le directeur"
        " de l'entreprise, mais personne ne peut promettre que les salaires ne seront pas"
        " réduits. »",
        "ru": "«Мы не собираемся закрывать завод, — заявил глава компании Марк Леруа, — но никто не"
        " может обещать, что зарплаты не сократят».",
        "uk": "«Ми не маємо наміру закривати завод, — заявив голова компанії Марк Леруа, — але"
        " ніхто не може обіцяти, що зарплати не скоротять».",
    },
    {
        "en": "Why fewer and fewer young people want to become teachers",
        "fr": "Pourquoi de moins en moins de jeunes veulent devenir enseignants",
        "ru": "Почему всё меньше молодых людей хотят стать учителями",
        "uk": "Чому дедалі менше молодих людей хочуть стати вчителями",
    },
    {
        "en": "The bank made a profit of $2.4 billion last year, and its shares, which had fallen"
        " to a ten-year low in March, rose by almost a third.",
        "fr": "La banque a réalisé l'an dernier un bénéfice de 2,4 milliards de dollars, et son"
        " action, tombée en mars à son plus bas niveau depuis dix ans, a gagné près d'un"
        " tiers.",
        "ru": "Банк получил в прошлом году прибыль в 2,4 млрд долларов, а его акции, упавшие в"
        " марте до минимума за десять лет, выросли почти на треть.",
        "uk": "Торік банк отримав прибуток у 2,4 млрд доларів, а його акції, що впали в березні до"
        " найнижчого рівня за десять років, зросли майже на третину.",
    },
    {
        "en": "The train left Lyon at 14:30 and was due in Paris shortly after 16:00, but heavy"
        " snow stopped it for more than two hours near Dijon.",
        "fr": "Parti de Lyon à 14 h 30, le train devait arriver à Paris peu après 16 heures, mais"
        " d'abondantes chutes de neige l'ont immobilisé pendant plus de deux heures près de"
        " Dijon.",
        "ru": "Поезд отправился из Лиона в 14:30 и должен был прибыть в Париж вскоре после 16:00,"
        " но из-за сильного снегопада более двух часов простоял под Дижоном.",
        "uk": "Поїзд вирушив із Ліона о 14:30 і мав прибути до Парижа невдовзі після 16:00, але"
        " через сильний снігопад понад дві години простояв біля Діжона.",
    },
    {
        "en": "The team, who had lost their three previous matches, scored twice in the last ten"
        " minutes and won 2-1.",
        "fr": "L'équipe, qui avait perdu ses trois derniers matchs, a marqué deux fois dans les dix"
        " dernières minutes et l'a emporté 2-1.",
        "ru": "Команда, проигравшая три предыдущих матча, забила два гола за последние десять минут"
        " и победила со счётом 2:1.",
        "uk": "Команда, яка програла три попередні матчі, забила двічі за останні десять хвилин і"
        " перемогла з рахунком 2:1.",
    },
)
