"""Words that carry grammar rather than news, in the four languages.

jusText's observation: running text is full of function words, site chrome has hardly any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_WORDS = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")

_EN = """
a about above after again against all also although am an and any are as at be because been before
being below between both but by can could did do does during each either few for from further had
has have having he her here hers him his how i if in into is it its itself just may me might more
most must my no nor not of off on once only or other our ours out over own same shall she should
since so some such than that the their them then there these they this those though through to too
under until up upon us very was we were what when where which while who whom whose why will with
within would you your yours said says it's that's isn't
"""
_FR = """
à afin ainsi alors après au aucun aussi autre aux avait avant avec avoir c'est ce ceci cela celle
celui ces cet cette ceux chaque chez comme comment contre d'un d'une dans de depuis des deux donc
dont du elle elles en encore entre est et étaient était être eu eux fait il ils j'ai je l'on la le
les leur leurs lors lorsque lui ma mais même mes moins mon ne nos notre nous on ont ou où par
parce pas pendant peu peut plus pour pourquoi qu'il qu'elle qu'un quand que quel quelle qui quoi
sa sans se sera ses si son sont sous sur ta tandis te tes ton toujours tous tout toute toutes très
tu un une vers voici voilà vos votre vous y a s'est n'est selon ayant été
"""
_RU = """
а без более больше не ни бы был была были было быть в вам вас ведь весь во вот все всё всех всего
вы где да даже для до его ее её если есть ещё еще же за здесь и из или им именно их к как какой
когда которая которое которые который которого которой которых которым кто ли либо лишь между
менее меня мне много может можно мой мы на над надо нам нас наш него нее неё ней нему но ну о об
один однако около он она они оно от очень перед по под пока после потом потому почему почти при
про раз с сам свой своей свои своих себе себя со так также такой там тем теперь то того тоже той
только том тот тут ты у уже хотя чего чем через что чтобы чуть эта эти этих это этого этой этом
этот эту я что-то
"""
_UK = """
а або але б без не ні біля більш більше був була були було бути в вам вас вже ви від він вона вони
воно все всі всіх всього втім в'ж де для до є ж за з зі зараз і із інший її їй їм їх й його йому
коли котрий крім кого ким ледь лише між мене мені менш може можна ми мій на над навіть нам нас наш
не ній нього ніж об один однак ось от під після по поки потім при про проте саме свій своє своєї
своїх себе серед та так також такий там те тим того тоді той тому тут ти то у увесь хоча хто це
цей цього цьому ця ці цих чи чого чому через що щоб щодо як яка яке які який якого якої яких якщо
я
"""
FUNCTION_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(_EN.split()),
        "fr": frozenset(_FR.split()),
        "ru": frozenset(_RU.split()),
        "uk": frozenset(_UK.split()),
    }
)
ANY_FUNCTION_WORD: frozenset[str] = frozenset().union(*FUNCTION_WORDS.values())


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case, with one kind of apostrophe."""
    return _WORDS.findall(text.lower().replace("’", "'").replace("ʼ", "'"))


def function_word_density(text: str) -> float:
    """Return the share of words, between 0 and 1, that are function words in some language."""
    found = words(text)
    if not found:
        return 0.0
    hits = sum(1 for w in found if w in ANY_FUNCTION_WORD)
    # French elision glues a function word to its noun: "l'usine" counts as half of one.
    elided = sum(0.5 for w in found if "'" in w and w not in ANY_FUNCTION_WORD)
    return (hits + elided) / len(found)
