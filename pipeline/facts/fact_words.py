"""Words that state a fact by themselves: dates, numbers, directions, negations.

Two of them may be a single letter apart and mean different things ("июня" and "июля", "million" and
"billion"): where two texts differ in one, they are not copies of each other.
"""

from __future__ import annotations

_DATE_WORDS = """
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd'hui demain
январь января январе февраль февраля феврале март марта марте апрель апреля апреле май мая мае
июнь июня июне июль июля июле август августа августе сентябрь сентября сентябре октябрь октября
октябре ноябрь ноября ноябре декабрь декабря декабре понедельник вторник среда среду четверг
пятница пятницу суббота субботу воскресенье сегодня вчера завтра
січень січня січні лютий лютого лютому березень березня березні квітень квітня квітні травень
травня травні червень червня червні липень липня липні серпень серпня серпні вересень вересня
вересні жовтень жовтня жовтні листопад листопада листопаді грудень грудня грудні понеділок
вівторок середа середу четвер п'ятниця п'ятницю субота суботу неділя неділю сьогодні вчора завтра
"""
_NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
hundred hundreds thousand thousands million millions billion billions trillion trillions half
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
zéro deux trois quatre cinq six sept huit neuf dix onze douze vingt trente quarante cinquante cent
cents mille millier milliers million millions milliard milliards moitié premier première deuxième
troisième quatrième cinquième sixième septième huitième neuvième dixième douzième treizième
ноль один одна две два три четыре пять шесть семь восемь девять десять двадцать тридцать сорок
пятьдесят сто двести тысяча тысячи тысяч миллион миллиона миллионов миллиард миллиарда миллиардов
триллион тыс млн млрд трлн половина первый первая второй вторая третий третья четвертый пятый
шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый тринадцатый
нуль одна дві чотири п'ять шість сім вісім дев'ять десять двадцять тридцять п'ятдесят двісті
тисяча тисячі тисяч мільйон мільйона мільйонів мільярд мільярда мільярдів тис мільйони мільярди
перший перша другий друга третій третя четвертий п'ятий шостий сьомий восьмий дев'ятий десятий
дванадцятий тринадцятий
"""
_POLE_WORDS = """
north south east west northern southern eastern western up down over under before after more less
with without in out on off to from rose fell win lose won lost best worst high low higher lower
nord sud est ouest avant après plus moins avec sans hausse baisse haut bas
север юг восток запад севере юге востоке западе до после больше меньше выше ниже с без рост спад
північ південь схід захід півночі півдні сході заході після більше менше вище нижче з без
"""
DATES: frozenset[str] = frozenset(_DATE_WORDS.split())
NUMBERS: frozenset[str] = frozenset(_NUMBER_WORDS.split())
POLES: frozenset[str] = frozenset(_POLE_WORDS.split())
_NEGATION_WORDS = """
no not never neither nor none nothing nobody nowhere without cannot can't don't doesn't didn't
isn't aren't wasn't weren't won't wouldn't shouldn't couldn't haven't hasn't hadn't mustn't
ne pas non jamais aucun aucune rien personne ni sans guère nullement
не ни нет без никогда никто ничего нигде никак никакой никакого никакие никаких нельзя нету
ні немає нема без ніколи ніхто нічого ніде ніяк жоден жодна жодне жодного жодної жодні неможливо
"""
NEGATIONS: frozenset[str] = frozenset(_NEGATION_WORDS.split())
# "increase" and "decrease", "legal" and "illegal" differ in one of these.
_PREFIX_WORDS = """
un in im il ir dis non anti de ex em re over under out up down mis pre post pro contra sub
dé mal sur sous не без бес анти контр про пре при в вы у от за по под над до с вз воз из ис
недо пере роз роз від зне об ви ув
"""
PREFIXES: frozenset[str] = frozenset(_PREFIX_WORDS.split())
_NEAR_NEGATION_WORDS = """
so go do to on now nor hot got lot out note net nut pot note knot
par bas cas las pis pass nos nous le je se me te de
на но ни те же ее ней нее ней нем ти ми ви ці ніч бег вез все
"""
# Words a letter away from a negation that are words themselves: "not" and "now".
NEAR_NEGATIONS: frozenset[str] = frozenset(_NEAR_NEGATION_WORDS.split())
