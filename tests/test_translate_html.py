"""Web pages through `translate`: the text changes, the page around it does not."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from scripted_desk import from_table, same, translated

from models.engine import Segment
from pipeline.errors import SourceError
from pipeline.translation.html import html_skeleton
from pipeline.translation.skeleton import Skeleton

BRIDGE = "The mayor opened a new bridge across the river."
KNOWN = {
    "Новости": "News",
    "Мост": "Bridge",
    "мост": "bridge",
    "Мэр открыл новый мост через реку.": BRIDGE,
    "Мэр открыл новый мост через реку": "The mayor opened a new bridge across the river",
    "новый мост": "new bridge",
    "через реку": "across the river",
    "Запустите `nd <run>` и ждите.": "Run `nd <run>` and wait.",
    "Мост & «река» < 5": 'Bridge & "river" < 5',
    "Первая строка": "First line",
    "вторая строка.": "second line.",
    "Смотрите https://e.org/?a=1&b=2 сегодня.": "Look at https://e.org/?a=1&b=2 today.",
    "Дом Ampère стоит.": "The Ampère house stands.",
}
EN = '<html lang="en">'


def skeleton(page: str | bytes) -> Skeleton:
    data = page.encode() if isinstance(page, str) else page
    return html_skeleton(data, name="a.html", languages=("en", "fr", "ru", "uk"))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("<p>Мост</p>", "<p>Bridge</p>"),
        ("<P CLASS=x >\n  Мост\n</P\n>", "<P CLASS=x >\n  Bridge\n</P\n>"),
        (
            '<p>Мэр открыл <a href="/?a&amp;b">новый&#32;мост</a> <b>через реку</b></p>',
            '<p>The mayor opened a <a href="/?a&amp;b">new bridge</a> <b>across the river</b></p>',
        ),
        ("<p><a href=/m><em>Мост</em></a>", "<p><a href=/m><em>Bridge</em></a>"),
        (
            "<li>Запустите <code>nd &lt;run&gt;</code> и ждите.<li>Мост",
            "<li>Run <code>nd &lt;run&gt;</code> and wait.<li>Bridge",
        ),
        (
            "<td>Мост &amp; &laquo;река&raquo; &lt; 5</td>",
            '<td>Bridge &amp; "river" &lt; 5</td>',
        ),
        ("<p>Первая строка<br/>вторая строка.</p>", "<p>First line<br/>second line.</p>"),
        (
            "<p>Смотрите https://e.org/?a=1&amp;b=2 сегодня.</p>",
            "<p>Look at https://e.org/?a=1&amp;b=2 today.</p>",
        ),
        ("<img src=мост.jpg alt=Мост>", '<img src=мост.jpg alt="Bridge">'),
        ("<img alt='Мост &amp; «река» < 5'>", "<img alt='Bridge &amp; \"river\" < 5'>"),
        ('<p>Мост <img alt="Мост"></p>', '<p>Bridge <img alt="Bridge"></p>'),
        (
            '<p>Мэр открыл <a title="Мост" href="#">новый мост</a> через реку.</p>',
            '<p>The mayor opened a <a title="Bridge" href="#">new bridge</a> across the river.</p>',
        ),
        ("<p>Мо<!-- x -->ст</p>", "<p><!-- x -->Bridge</p>"),
        ('<p>Дом <i translate="no">Ampère</i> стоит.</p>',
         '<p>The <i translate="no">Ampère</i> house stands.</p>'),
        ("<p><b>Мост</p><p>Новости</b></p>", "<p><b>Bridge</p><p>News</b></p>"),
        ('<a href="/"><div>Мост</div></a>', '<a href="/"><div>Bridge</div></a>'),
        ("<title>Новости</title><h1>Мост</h1>", "<title>News</title><h1>Bridge</h1>"),
        ('<meta name="description" content="Мост">', '<meta name="description" content="Bridge">'),
        ('<meta property="og:title" content="Мост">',
         '<meta property="og:title" content="Bridge">'),
        (
            '<p><span class="drop">М</span><small>эр</small> открыл новый мост через реку.</p>',
            f'<p><span class="drop"></span><small></small>{BRIDGE}</p>',
        ),
        (
            "<p>Мэр открыл но<b>вый</b> мост <b>через реку</b>.</p>",
            "<p><b></b>The mayor opened a new bridge <b>across the river</b>.</p>",
        ),
        ('<option value="Мост">Мост</option>', '<option value="Мост">Bridge</option>'),
        ('<p lang="ru-RU">Мост</p>', '<p lang="en">Bridge</p>'),
        ('<p lang="la">Мост</p>', '<p lang="la">Bridge</p>'),
    ],
)  # fmt: skip
def test_text_is_translated_and_tags_kept(source: str, target: str, tmp_path: Path) -> None:
    assert translated(skeleton(EN + source), from_table(KNOWN), tmp_path / "s") == EN + target


@pytest.mark.parametrize(
    "kept",
    [
        "<script>let мост = '</p>Мост';</script>",
        "<style>p::before { content: 'Мост' }</style>",
        "<pre>мост <b>новый</b></pre>",
        "<textarea>Мост</textarea>",
        "<svg><text>Мост</text></svg>",
        "<!-- Мост -->",
        '<div translate="no"><p>Мост</p><div>река</div></div>',
        '<p class="x notranslate">Мост</p>',
        '<meta name="keywords" content="Мост">',
        '<a href="/мост" data-x="Мост"></a>',
    ],
)
def test_what_is_no_text_is_not_sent_to_the_engine(kept: str, tmp_path: Path) -> None:
    def answer(segment: Segment) -> str:
        assert segment.text == "Новости"
        return "News"

    page = f"{EN}<body>{kept}<p>Новости</p>"
    assert translated(skeleton(page), answer, tmp_path / "s") == f"{EN}<body>{kept}<p>News</p>"


KNOWN_FR = {
    "Мост": "Pont",
    "Мэр открыл новый мост через реку.": "Le maire a ouvert un nouveau pont sur la rivière.",
    "Мер відкрив новий міст через річку.": "Le maire a ouvert un nouveau pont sur la rivière.",
    "The mayor opened a new bridge across the river.": (
        "Le maire a ouvert un nouveau pont sur la rivière."
    ),
    "Отправить": "Envoyer",
    "Отмена": "Annuler",
}
RU = "<p>Мэр открыл новый мост через реку."
EN_P = "<p>The mayor opened a new bridge across the river."
FR = "<p>Le maire a ouvert un nouveau pont sur la rivière."
STAYED = "The bridge stays closed to lorries until the end of the year."


def in_french(page: str, state: Path, *, language: str | None = "ru") -> str:
    answer = from_table(KNOWN_FR)
    return translated(skeleton(page), answer, state, target="fr", language=language)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('<html lang="ru">', '<html lang="fr">'),
        ('<html class="x">', '<html lang="fr" class="x">'),
        ("<html xml:lang='uk-UA' lang='uk-UA'>", "<html xml:lang='fr' lang='fr'>"),
        ('<html lang="fr-CA">', '<html lang="fr-CA">'),
        (
            '<html lang="ru"><meta http-equiv="Content-Language" content="ru">',
            '<html lang="fr"><meta http-equiv="Content-Language" content="fr">',
        ),
        (
            '<html lang="ru"><meta property="og:locale" content="ru_RU">',
            '<html lang="fr"><meta property="og:locale" content="fr_FR">',
        ),
        (
            '<html lang="ru"><meta name="language" content="ru">',
            '<html lang="fr"><meta name="language" content="fr">',
        ),
    ],
)
def test_the_page_says_which_language_it_is_in(source: str, target: str, tmp_path: Path) -> None:
    assert in_french(source + RU, tmp_path / "s") == target + FR


@pytest.mark.parametrize(
    "page",
    [
        f'<html lang="en"><meta property="og:locale" content="en_GB"><p>{STAYED}</p>',
        f'<html lang="uk"><body><p lang="en">{STAYED}</p><p>{STAYED}</p>',
        f"<html><p>{STAYED}</p>",
    ],
)
def test_a_page_of_which_nothing_was_translated_declares_what_it_did(
    page: str, tmp_path: Path
) -> None:
    assert in_french(page, tmp_path / "s", language="en") == page


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (
            (f'<html lang="en">{EN_P}</p><p>{STAYED}</p>{EN_P}</p>'),
            f'<html lang="fr">{FR}</p><p lang="en">{STAYED}</p>{FR}</p>',
        ),
        (
            f'<html lang="en">{EN_P * 2}<p>{STAYED}<ol><li>{BRIDGE}<li>{STAYED}',
            f'<html lang="fr">{FR * 2}<p lang="en">{STAYED}<ol><li>{FR[3:]}<li lang="en">{STAYED}',
        ),
        (  # most of the page stays English: so does its declaration
            (
                f'<html lang="en"><p>{STAYED}</p><ul><li>{STAYED}</ul>'
                "<p>The mayor opened a new bridge across the river.</p>"
            ),
            f'<html lang="en"><p>{STAYED}</p><ul><li>{STAYED}</ul>'
            + FR.replace("<p>", '<p lang="fr">')
            + "</p>",
        ),
        (
            (
                f'<html lang="ru"><p lang="en">{STAYED}</p>'
                "<div lang='en'>The mayor opened a new bridge across the river.</div>"
            ),
            None,
        ),
    ],
)
def test_a_part_that_stayed_as_it_was_says_its_own_language(
    source: str, target: str | None, tmp_path: Path
) -> None:
    found = in_french(source, tmp_path / "s", language="en")
    if target is None:
        assert f'<p lang="en">{STAYED}</p>' in found
        assert f"<div lang='fr'>{FR.removeprefix('<p>')}</div>" in found
    else:
        assert found == target


@pytest.mark.parametrize("kind", ["submit", "button", "reset", "SUBMIT"])
def test_the_words_on_a_button_are_translated(kind: str, tmp_path: Path) -> None:
    page = f'<html lang="fr"><input type="{kind}" value="Отправить" name="go">'
    assert in_french(page, tmp_path / "s") == page.replace("Отправить", "Envoyer")


@pytest.mark.parametrize("kind", ["text", "hidden", "email", "checkbox"])
def test_what_a_form_sends_is_not_translated(kind: str, tmp_path: Path) -> None:
    page = f'<html lang="fr"><input type="{kind}" value="Отправить"><input value="Отмена">'
    assert in_french(page, tmp_path / "s") == page


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('<meta charset="windows-1251">', '<meta charset="utf-8">'),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
            '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
        ),
    ],
)
def test_a_page_in_another_encoding_becomes_utf8_and_says_so(declared: str, said: str) -> None:
    words = "Городской мост открыли вчера вечером при большом стечении народа."
    page = f"{EN}<head>{declared}</head><p>{words}</p>".encode("cp1251")
    assert skeleton(page).text == f"{EN}<head>{said}</head><p>{words}</p>"


def test_what_is_kept_is_told() -> None:
    remarks = " ".join(skeleton("<p>Мост<pre>а</pre><svg>б</svg>").remarks)
    assert "1 preformatted" in remarks
    assert "svg" in remarks


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(SourceError):
        skeleton(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def test_a_page_of_many_open_elements_is_declared_in_time(tmp_path: Path) -> None:
    page = f'<html lang="ru">{"<p>мост" * 1000}{"<div>" * 5000}{"</b>" * 20000}<p>мост'
    began = time.process_time()
    in_french(page.replace("мост", "Мост"), tmp_path / "s")
    assert time.process_time() - began < 20


def test_tags_without_end_are_read_in_time() -> None:
    for hostile in ("<a ", "<b>", "<", "&", "<!-- ", '<a b="', "<br>", "</b>", "<b>x"):
        for end in ("", '">', "</b>" * 2_000):
            began = time.process_time()
            skeleton(f"{EN}<p>мост {hostile * 2_000}{end}")
            assert time.process_time() - began < 10


WORDS = st.sampled_from(
    ["мост", "Река", "и", "2024", "&amp;", "&nbsp;", "&laquo;дом&raquo;", "AT&T"]
)
PLAIN = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
INLINE = st.recursive(
    st.one_of(
        PLAIN,
        st.sampled_from(
            ["<br>", "<code>к &lt; 1</code>", "<img src=a.jpg alt='Мост'>", "<!-- х -->", "<i></i>",
             "<kbd>Ё</kbd>", "https://e.org/?q=1&amp;r=2", "</b>", "<b>", " ", "\n", "<wbr>",
             '<a id="x"></a>', "<span translate=no>Дом</span>", "<script>'<p>'</script>"]
        ),
    ),
    lambda inside: st.lists(inside, min_size=1, max_size=4).flatmap(
        lambda parts: st.sampled_from(
            ['<a href="/м?1&amp;2" title="Мост">{}</a>', "<b>{}</b>", "<EM >{}</EM >", "{}"]
        ).map(lambda form: form.format(" ".join(parts)))
    ),
    max_leaves=8,
)  # fmt: skip
BLOCK = st.tuples(
    INLINE, st.sampled_from(
        ["<p>{}</p>\n", "<div class=x>{}</div>", "<ul><li>{}<li>{}</ul>", "{}<hr>",
         "<h2>{}</h2>\r\n", "<table><tr><td>{}</td><td>{}</td></tr></table>", "<pre>{}</pre>"]
    ),
).map(lambda p: p[1].replace("{}", p[0]))  # fmt: skip
PAGE = st.lists(BLOCK, min_size=1, max_size=4).map(lambda b: f"{EN}<body>{''.join(b)}</body>")
PATIENT = settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(PAGE)
@PATIENT
def test_a_translation_that_changes_nothing_gives_the_page_back(tmp_path: Path, page: str) -> None:
    assert translated(skeleton(page), same, tmp_path / "s") == page


def jumbled(segment: Segment) -> str:
    """Answer in Latin letters, in another order, and lose a word now and then."""
    words = [w if re.search("[`/]", w) else f"w{len(w)}" for w in segment.text.split()]
    return " ".join(words[::-1][: max(1, len(words) - len(segment.text) % 2)])


@given(PAGE)
@PATIENT
def test_every_tag_survives_a_bad_engine(tmp_path: Path, page: str) -> None:
    found = translated(skeleton(page), jumbled, tmp_path / "s").replace(' lang="ru"', "")
    for exact in ('href="/м?1&amp;2"', "<b>", "</b>", "<EM >", "<code>к &lt; 1</code>", "<br>",
                  "<kbd>Ё</kbd>", "<!-- х -->", "<i></i>", '<a id="x"></a>', "<wbr>", "<pre>",
                  "https://e.org/?q=1&amp;r=2", "<script>'<p>'</script>", "<td>",
                  "<li>"):  # fmt: skip
        assert found.count(exact) == page.count(exact), exact


def test_the_tree_of_a_page_stays_what_it_was(tmp_path: Path) -> None:
    source = (
        f"{EN}<body><main><h1>Мост</h1><p>Мэр открыл <a href='b'>новый мост</a> <b>через реку</b>."
        "</p><table><tr><td>Мост<td>Новости</table></main></body></html>"
    )
    found = translated(skeleton(source), from_table(KNOWN), tmp_path / "s")

    def tree(page: str) -> list[str]:
        return [element.tag for element in lxml_html.fromstring(page).iter()]

    assert tree(found) == tree(source)
    assert not re.search("[а-яё]", found)
