"""Which language a text is in: the four with a route, neighbours, texts that say little."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine import OTHER, UNDETERMINED
from models.errors import EngineError
from models.langid.identifier import ProfileIdentifier
from models.langid.known import known
from models.langid.pairs import MAX_GRAM, load_pairs, pair_grams, parse_pairs
from models.langid.profiles import letter_models
from models.langid.words import read

LANGUAGES = ("ru", "uk", "fr", "en")

SENTENCES = {
    "ru": [
        "Городской совет перенёс голосование по бюджету на следующую неделю.",
        "Никто из жителей не ожидал, что мост закроют так рано.",
        "По словам директора, новых рабочих мест станет больше к весне.",
        "Поезд опоздал на сорок минут, и пассажиры остались ждать на платформе.",
        "Она сказала, что не собирается уходить с должности.",
        "Вчера вечером в порту загорелся склад с древесиной.",
        "Учёные объяснили, почему рыба ушла из залива.",
        "Цены на хлеб выросли вдвое, говорят продавцы.",
    ],
    "uk": [
        "Міська рада перенесла голосування за бюджет на наступний тиждень.",
        "Ніхто з мешканців не чекав, що міст закриють так рано.",
        "За словами директора, нових робочих місць побільшає до весни.",
        "Потяг запізнився на сорок хвилин, і пасажири лишилися чекати на пероні.",
        "Вона сказала, що не збирається йти з посади.",
        "Учора ввечері в порту загорівся склад із деревиною.",
        "Науковці пояснили, чому риба пішла із затоки.",
        "Ціни на хліб зросли вдвічі, кажуть продавці.",
    ],
    "fr": [
        "Le conseil municipal a reporté le vote du budget à la semaine prochaine.",
        "Aucun habitant ne s'attendait à ce que le pont ferme si tôt.",
        "Selon le directeur, de nouveaux postes seront créés d'ici au printemps.",
        "Le train avait quarante minutes de retard et les voyageurs sont restés sur le quai.",
        "Elle a dit qu'elle n'avait pas l'intention de quitter ses fonctions.",
        "Un entrepôt de bois a pris feu hier soir dans le port.",
        "Les chercheurs ont expliqué pourquoi le poisson avait quitté la baie.",
        "Le prix du pain a doublé, disent les vendeurs.",
    ],
    "en": [
        "The town council has put off the vote on the budget until next week.",
        "Nobody who lives there had expected the bridge to close so soon.",
        "There will be more jobs by the spring, the director said.",
        "The train was forty minutes late and passengers were left waiting on the platform.",
        "She said that she did not mean to leave office.",
        "A timber warehouse in the harbour caught fire last night.",
        "Scientists explained why the fish had left the bay.",
        "Did you leak the document?",
    ],
}
OTHERS = {
    "be": [
        "Гарадскі савет перанёс галасаванне па бюджэце на наступны тыдзень.",
        "Ніхто з жыхароў не чакаў, што мост зачыняць так рана.",
        "Яна сказала, што не збіраецца сыходзіць з пасады.",
    ],
    "bg": [
        "Общинският съвет отложи гласуването на бюджета за следващата седмица.",
        "Никой от жителите не очакваше мостът да бъде затворен толкова рано.",
        "Тя каза, че няма намерение да напуска поста си.",
    ],
    "mk": [
        "Градскиот совет го одложи гласањето за буџетот за следната недела.",
        "Никој од жителите не очекуваше дека мостот ќе се затвори толку рано.",
        "Таа рече дека нема намера да си замине од функцијата.",
    ],
    "sr": [
        "Градско веће је одложило гласање о буџету за следећу недељу.",
        "Нико од становника није очекивао да ће мост бити затворен тако рано.",
        "Она је рекла да нема намеру да напусти функцију.",
    ],
    "de": [
        "Der Stadtrat hat die Abstimmung über den Haushalt auf nächste Woche verschoben.",
        "Niemand hatte erwartet, dass die Brücke so früh geschlossen wird.",
    ],
    "es": [
        "El ayuntamiento ha aplazado la votación del presupuesto hasta la semana que viene.",
        "Nadie esperaba que el puente se cerrara tan pronto.",
    ],
    "pl": ["Rada miasta przełożyła głosowanie nad budżetem na przyszły tydzień."],
    "el": ["Το δημοτικό συμβούλιο ανέβαλε την ψηφοφορία για τον προϋπολογισμό."],
    "zh": ["市议会将预算表决推迟到下周。"],
    "ar": ["أجّل المجلس البلدي التصويت على الميزانية إلى الأسبوع المقبل."],
}


@pytest.fixture(scope="module")
def identifier() -> ProfileIdentifier:
    return ProfileIdentifier(languages=LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_in_their_language(identifier, language: str) -> None:
    for sentence in SENTENCES[language]:
        found = identifier.identify(sentence)
        assert found.language == language, sentence
        assert 0.5 <= found.confidence <= 1.0


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_of_other_languages_are_other(identifier, language: str) -> None:
    for sentence in OTHERS[language]:
        assert identifier.identify(sentence).language == OTHER, sentence


@pytest.mark.parametrize("language", ["be", "bg", "mk", "sr", "de", "es", "pl"])
def test_a_known_neighbour_is_named(identifier, language: str) -> None:
    assert identifier.guess(" ".join(OTHERS[language])) == language


def test_twenty_runs_in_any_order_give_the_same_answers() -> None:
    texts = [s for group in (SENTENCES, OTHERS) for lines in group.values() for s in lines]
    texts += [word for text in texts for word in text.split()[:3]]
    answers = []
    for seed in range(20):
        order = list(texts)
        random.Random(seed).shuffle(order)
        fresh = ProfileIdentifier(languages=LANGUAGES)
        found = {text: (fresh.identify(text), fresh.scores(text)) for text in order}
        answers.append([found[text] for text in texts])
    assert all(answer == answers[0] for answer in answers)


def test_answers_do_not_depend_on_the_hash_seed(repository, tmp_path) -> None:
    import os
    import subprocess
    import sys

    program = (
        "from models.langid.identifier import ProfileIdentifier\n"
        f"p = ProfileIdentifier(languages={LANGUAGES!r})\n"
        f"print([p.scores(t) for t in {SENTENCES['uk'] + SENTENCES['fr']!r}])\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=repository,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("правительство", "ru"), ("объявление", "ru"), ("вышли", "ru"), ("ещё", "ru"),
        ("рішення", "uk"), ("оголошення", "uk"), ("їхній", "uk"), ("п'ятниця", "uk"),
        ("gouvernement", "fr"), ("aujourd'hui", "fr"), ("été", "fr"), ("beaucoup", "fr"),
        ("government", "en"), ("although", "en"), ("weather", "en"), ("they're", "en"),
    ],
)  # fmt: skip
def test_single_words(identifier, word: str, language: str) -> None:
    assert next(iter(identifier.scores(word, languages=LANGUAGES))) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [  # without a letter that only one of the two has
        ("зачинений причал", "uk"), ("усе гаразд", "uk"), ("мер заявив", "uk"),
        ("тут усе зачинено", "uk"), ("далі буде", "uk"), ("новый мэр", "ru"),
        ("мэр заявил", "ru"), ("закрыто до утра", "ru"), ("совет принял бюджет", "ru"),
    ],
)  # fmt: skip
def test_a_few_words_in_lower_case(identifier, text: str, language: str) -> None:
    assert identifier.identify(text).language == language


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Zavtra v gorode ne budet vody, potomu chto menyayut truby na Lesnoy ulice.", "ru-Latn"),
        ("Avtobusy poydut v obyezd, most cherez reku zakryli na remont do oseni.", "ru-Latn"),
        ("Zítra ve městě nepoteče voda, protože se mění trubky v Lesní ulici.", "cs"),
        ("Zitra ve meste nepotece voda, protoze se meni trubky v Lesni ulici.", "cs"),
        ("Jutro w mieście nie będzie wody, bo wymieniają rury na ulicy Leśnej.", "pl"),
        ("Sutra u gradu neće biti vode jer se mijenjaju cijevi u Šumskoj ulici.", "hr"),
        ("Mañana no habrá agua en la ciudad porque cambian los tubos de la calle.", "es"),
    ],
)
def test_russian_in_latin_letters_is_named(identifier, text: str, tag: str) -> None:
    assert identifier.guess(text) == tag
    assert identifier.identify(text).language == OTHER


@pytest.mark.parametrize(
    "text", ["", "   ", "12 345,60", "— … !", "🎉 100 %", "2026-11-24 14:30", "x" * 500, "щ" * 500]
)
def test_without_words_nothing_can_be_told(identifier, text: str) -> None:
    found = identifier.identify(text)
    assert found.language == UNDETERMINED
    assert found.confidence == 0.0
    assert identifier.scores(text) == {}


def test_addresses_and_handles_say_nothing_of_the_language(identifier) -> None:
    for address in ("https://example.org/where/the/weather", "desk@example.org", "@nightdesk"):
        assert identifier.identify(address).language == UNDETERMINED
    text = "Подробности на странице https://example.org/more-about-the-weather-today/index"
    assert identifier.identify(text).language == "ru"


def test_cyrillic_text_quotes_latin_names(identifier) -> None:
    text = "Компания Northern Light Systems купила завод Blue River в Твери, пишет The Daily."
    assert identifier.identify(text).language == "ru"
    text = "Компанія Northern Light Systems придбала завод Blue River у Львові, пише The Daily."
    assert identifier.identify(text).language == "uk"
    text = "The word «перестройка» was on every front page, our correspondent recalls."
    assert identifier.identify(text).language == "en"


def test_a_latin_i_in_ukrainian_is_read_as_the_letter_it_stands_for(identifier) -> None:
    typed = "Мiська рада перенесла голосування за бюджет на наступний тиждень."
    assert "i" in typed  # the Latin one
    assert identifier.scores(typed) == identifier.scores(typed.replace("i", "і"))
    assert identifier.identify(typed).language == "uk"


@pytest.mark.parametrize("apostrophe", "'’ʼ‘`")
def test_every_apostrophe_is_the_same(identifier, apostrophe: str) -> None:
    ukrainian = "П'ятеро м'ясників об'єдналися в подвір'ї."
    french = "L'été, l'usine n'embauche pas d'apprentis."
    for text, language in ((ukrainian, "uk"), (french, "fr")):
        found = identifier.identify(text.replace("'", apostrophe))
        assert found == identifier.identify(text)
        assert found.language == language


def test_case_and_stress_marks_change_nothing(identifier) -> None:
    text = "Уряд оголосив про початок опалювального сезону."
    assert identifier.scores(text.upper()) == identifier.scores(text)
    assert identifier.scores("Уря\u0301д оголоси\u0301в про початок опалювального сезону.") == (
        identifier.scores(text)
    )


def test_scores_are_probabilities_likeliest_first(identifier) -> None:
    for text in (SENTENCES["ru"][0], OTHERS["bg"][1], "слово", "table"):
        scores = identifier.scores(text)
        assert sum(scores.values()) == pytest.approx(1.0)
        assert list(scores.values()) == sorted(scores.values(), reverse=True)
        four = identifier.scores(text, languages=LANGUAGES)
        assert set(four) <= set(LANGUAGES)
        assert sum(four.values()) == pytest.approx(1.0)


def test_a_language_without_a_route_is_other(identifier) -> None:
    without_ukrainian = ProfileIdentifier(languages=["ru", "fr", "en"])
    for sentence in SENTENCES["uk"]:
        assert without_ukrainian.identify(sentence).language == OTHER
    assert without_ukrainian.identify(SENTENCES["ru"][1]).language == "ru"


def test_a_long_text_is_judged_by_all_of_it(identifier) -> None:
    russian, english = " ".join(SENTENCES["ru"]), " ".join(SENTENCES["en"])
    assert identifier.identify(f"{english} {russian * 3}").language == "ru"
    assert identifier.identify(f"{russian[:60]} {english * 3}").language == "en"


def test_an_unknown_language_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(EngineError) as caught:
        ProfileIdentifier(languages=["ru", "ukr"])
    assert "'ukr'" in str(caught.value)
    assert "'uk'" in caught.value.hint


def test_the_weights_are_whole_and_small(repository) -> None:
    pairs = load_pairs()
    assert [(p.first, p.second) for p in pairs] == [("ru", "uk"), ("fr", "en")]
    assert all(len(p.weights) > 10_000 for p in pairs)
    path = repository / "models" / "langid" / "pairs.tsv"
    assert path.stat().st_size < 1_000_000
    head = path.read_text(encoding="utf-8").partition("\n[")[0]
    assert "Tatoeba, CC BY" in head  # whose words they were learnt from


@pytest.mark.parametrize("line", ["_та\tmuch", "_та 12", "[ru uk 0.2]"])
def test_a_damaged_line_of_weights_is_named(line: str) -> None:
    with pytest.raises(EngineError, match="line 3") as caught:
        list(parse_pairs(f"# head\n[ru uk 0.2 0.1]\n{line}\n"))
    assert repr(line) in str(caught.value)


def nats(text: str, language: str) -> float:
    models = letter_models("Latn" if language in letter_models("Latn").languages else "Cyrl")
    return models.score(text)[models.languages.index(language)]


def by_hand(word: str, language: str) -> float:
    """The log-probability of `word`, out of langdetect's counts one letter after the other."""
    profile = (files("langdetect") / "profiles" / language).read_text(encoding="utf-8")
    counts: Counter[str] = Counter()
    for gram, n in json.loads(profile)["freq"].items():
        counts[gram.lower()] += n
    least = min(counts.values())
    counts[" "] = sum(n for gram, n in counts.items() if len(gram) == 2 and gram[0] == " ")
    letters = sum(n for gram, n in counts.items() if len(gram) == 1)
    alphabet = known()[language].evidence.alphabet | {" "}
    total, context = 0.0, " "
    for letter in f"{word} ":
        p = max(counts[letter], 0.3 * least) / letters
        for length in range(1, len(context) + 1):
            seen, before = counts[context[-length:] + letter], counts[context[-length:]]
            p = (seen + least * p) / (before + least)
        total += math.log(p if letter in alphabet else 1e-6)
        context = (context + letter)[-2:]
    return total


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("голосование", "ru"), ("подвір", "uk"), ("гласуване", "bg"), ("я", "ru"),
        ("weather", "en"), ("œuvre", "fr"), ("złożyło", "pl"), ("złożyło", "fr"), ("вышли", "uk"),
    ],
)  # fmt: skip
def test_letter_models_are_what_langdetect_counted(word: str, language: str) -> None:
    assert nats(word, language) == pytest.approx(by_hand(word, language), abs=1e-4)


def test_serbian_is_read_as_croatian_is_spelt() -> None:
    for serbian, croatian in (("љубичица", "ljubičica"), ("коњ", "konj"), ("џеп", "džep")):
        assert nats(serbian, "sr") == pytest.approx(nats(croatian, "hr"), abs=1e-4)


def test_words_are_scored_each_by_itself() -> None:
    for language, words in (("ru", ["мост", "закрыли", "рано"]), ("fr", ["l", "été", "dernier"])):
        apart = sum(nats(word, language) for word in words)
        assert nats(" ".join(words), language) == pytest.approx(apart, abs=1e-4)
        assert nats("  ".join(words), language) == pytest.approx(apart, abs=1e-4)


@given(st.text(alphabet="abcаб'", min_size=1, max_size=12))
def test_grams_are_all_short_runs_of_letters_and_the_word(word: str) -> None:
    edged = f"_{word}_"
    runs = {edged[i:j] for i in range(len(edged)) for j in range(i + 1, len(edged) + 1)}
    assert pair_grams(word) == {run for run in runs if len(run) <= MAX_GRAM} | {edged}


def test_words_are_sorted_by_script() -> None:
    words = read("Саме «The Weather» показав 市议会, п’ять разів")
    assert words.cyrillic == ["саме", "показав", "п'ять", "разів"]
    assert words.latin == ["the", "weather"]
    assert words.foreign == ["市议会"]


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    found = _IDENTIFIER.identify(text)
    assert found.language in {*LANGUAGES, OTHER, UNDETERMINED}
    assert 0.0 <= found.confidence <= 1.0
    assert sum(_IDENTIFIER.scores(text).values()) in (0, pytest.approx(1.0))


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ'’- abcéèçêïœ.,!«»0123456789\n"))
def test_no_cyrillic_or_latin_jumble_breaks_it(text: str) -> None:
    found = _IDENTIFIER.identify(text)
    assert (found.language == UNDETERMINED) == (not _IDENTIFIER.scores(text))


_IDENTIFIER = ProfileIdentifier(languages=LANGUAGES)


def test_many_texts_at_once_are_answered_like_each_by_itself(
    identifier: ProfileIdentifier,
) -> None:
    texts = [t for of in (SENTENCES, OTHERS) for several in of.values() for t in several]
    texts += [
        "",
        "12",
        "ok",
        "東京都知事が会見した。",
        "l'été d'ici n'est qu'un mot",
        " ".join(texts),
    ]
    texts *= 5  # more than are read together
    assert identifier.scores_all(texts) == [identifier.scores(text) for text in texts]
    assert identifier.identify_all(texts) == [identifier.identify(text) for text in texts]
    assert identifier.scores_all([]) == []
