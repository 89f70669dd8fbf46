"""What sites in the four languages print around an article: lines that are chrome as a whole.

Short lines are too short to tell their language, so every line meets the cues of all four. They
see it in lower case with one kind of space and of apostrophe. Each row of a table holds patterns
between bars; a row that ends in a backslash goes on in the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

MONTH = (
    r"(?:jan(?:uary|v\w*)?|feb(?:ruary)?|mar(?:ch|s)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|f[ée]vr(?:ier)?|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept?embre|oct(?:obre)?"
    r"|nov(?:embre)?|d[ée]c(?:embre)?"
    r"|январ\w|феврал\w|марта?|апрел\w|ма[йя]|июн\w|июл\w|августа?|сентябр\w|октябр\w|ноябр\w"
    r"|декабр\w|янв|фев|мар|апр|июн|июл|авг|сен|окт|ноя|дек"
    r"|січ(?:ень|ня)|лют(?:ий|ого)|берез(?:ень|ня)|квіт(?:ень|ня)|трав(?:ень|ня)|черв(?:ень|ня)"
    r"|лип(?:ень|ня)|серп(?:ень|ня)|верес(?:ень|ня)|жовт(?:ень|ня)|листопада?|груд(?:ень|ня))"
)
WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|понедельник|вторник|сред[аы]|четверг|пятниц[аы]|суббот[аы]|воскресенье"
    r"|понеділок|вівторок|серед[аи]|четвер|п'ятниц[яі]|субот[аи]|неділ[яі])"
)
CLOCK = (
    r"\d{1,2}\s?(?:[:h.]\s?\d{2})(?::\d{2})?\s?(?:[ap]\.?m\.?)?"
    r"(?:\s?(?:gmt|utc|msk|мск|cet|est|київ|по мск|z)|\s?[+-]\d{2}:?\d{2})?"
)
DATE = (
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|-го)?\s(?:of\s)?{MONTH}\.?,?(?:\s\d{{4}})?"
    r"(?:\s(?:года?|року|р\.|г\.))?"
    rf"|{MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})"
)
_DATE_LABEL = (
    r"date|published|publication date|posted|updated|last (?:updated|modified)|modified"
    r"|publié|mis à jour|mise à jour|modifié|par|le|rédigé"
    r"|дата(?: публикации| публікації)?|опубликовано|обновлено|добавлено|размещено|создано|изменено"
    r"|опубліковано|оновлено|додано|розміщено|сегодня|вчера|сьогодні|вчора|today|yesterday"
    r"|hier|aujourd'hui"
)
_DATE_GLUE = r"on|at|le|à|в|о|от|від|the|a|et|and"
DATE_LINE = (
    rf"(?:(?:{_DATE_LABEL})\b[\s:,]*|(?:{_DATE_GLUE})\s|{WEEKDAY}\b[\s,]*|{DATE}|{CLOCK}"
    r"|[\s,|·•—–()-])+"
)
_UNITS = (
    r"views?|reads?|shares?|comments?|likes?|reactions?|followers?|votes?|replies|min(?:ute)?s?"
    r"(?:\sread)?|sec(?:ond)?s?"
    r"|vues?|lectures?|partages?|commentaires?|réactions?|minutes? de lecture|j'aime"
    r"|просмотр\w*|комментари\w*|прочтени\w*|репост\w*|лайк\w*|голос\w*"
    r"|мин\w*(?: чтения| на чтение)?"
    r"|перегляд\w*|коментар\w*|хв\w*(?: читання| на читання)?|прочитан\w*|поширен\w*"
)
_COUNT = r"\d[\d\s.,]*(?:k|m|тыс\.?|тис\.?|к)?"

# A share bar is a line of nothing but these. The longer of two that start alike comes first.
SHARE_WORDS = r"""
share (?:this|on|via|with)(?: article| story| page| post)?|this article|facebook|twitter|x
share|tweet|retweet|pin it|copy(?: the)? link|email|e-mail|print|save|like|follow us
telegram|whats\s?app|viber|linkedin|reddit|pinterest|instagram|youtube|tik\s?tok|vk|вконтакте
одноклассники|ok|messenger|bluesky|threads|mastodon|rss|flipboard|mail
partager(?: (?:sur|par|cet article|l'article))?|tweeter|envoyer|imprimer|copier le lien
enregistrer|suivez-nous(?: sur)?|поделиться(?: (?:в|на|через|ссылкой|новостью|статьей))?
поделитесь|скопировать ссылку|сохранить|распечатать|твитнуть|отправить|поділитися(?: в| на)?
поширити|скопіювати посилання|зберегти|надіслати|роздрукувати|друкувати|слідкуйте
"""

# The whole line must match.
WHOLE: Mapping[str, str] = MappingProxyType(
    {
        "comments": r"""
(?:leave|post|add|write) (?:a|your) (?:comment|reply)
(?:join|view) (?:the )?(?:comments|conversation)
(?:no )?comments?(?: are closed| \(\d+\)|:? ?\d+)?|log ?in to (?:comment|reply)\.?
(?:laisser|ajouter|écrire|poster) un commentaire|(?:aucun |vos |les )?commentaires?(?: \(\d+\))?
réagir|connectez-vous pour (?:réagir|commenter)\.?
(?:оставить|добавить|написать) комментарий|комментарии(?: \(\d+\)| отключены)?|комментировать
обсудить(?: на форуме)?|(?:залишити|додати|написати) коментар|коментарі(?: \(\d+\))?|обговорити
""",
        "navigation": r"""
(?:back|return) to (?:top|the top|home\w*|list|results)|skip to (?:main )?content|site map|sitemap
go to (?:the )?(?:full|desktop|mobile) (?:site|version)
(?:view|see) (?:the )?full (?:site|version)|(?:previous|next) (?:article|post|story|page)|log ?in
sign (?:in|up)|log ?out|my account|read (?:more|the full (?:article|story))|show (?:more|less|all)
load more|view all|see all|click here|print(?:able)? version|print this(?: page)?|main menu
toggle navigation|menu|close(?: menu)?|subscribe|register|about us|contact us|privacy(?: policy)?
terms (?:of use|of service|and conditions|& conditions)|rss(?: feed)?|page \d+ (?:of|/) \d+
\(?non[ -]amp\)?
voir (?:la|le) (?:version|site) (?:complète|complet|mobile|classique)(?: \([^)]*\))?|haut de page
retour (?:en haut|à l'accueil|au sommaire|à la liste)|aller au contenu(?: principal)?|plan du site
se connecter|s'inscrire|s'abonner|mon compte|connexion|déconnexion|menu principal|lire la suite
voir (?:plus|tout|tous les articles)|en savoir plus|article (?:précédent|suivant)|nous contacter
mentions légales|qui sommes-nous|page \d+ sur \d+
imprimer(?: cet article| (?:la|cette) page)?|fermer
politique de confidentialité|conditions générales(?: d'utilisation| de vente)?|cgu|cgv
наверх|вверх|на главную|на головну|вернуться (?:назад|наверх|к списку|на главную)|карта сайта
полная версия(?: сайта)?|мобильная версия(?: сайта)?|версия для (?:печати|слабовидящих)|войти|вход
регистрация|выйти|личный кабинет|читать (?:далее|дальше|полностью|ещё|еще)
показать (?:ещё|еще|все|больше)|подробнее|далее
(?:предыдущая|следующая) (?:статья|новость|запись|страница)|перейти к содержанию|главное меню|меню
закрыть|о (?:нас|проекте|компании|редакции)|обратная связь|политика конфиденциальности
пользовательское соглашение|правила (?:сайта|использования)|все новости
нагору|вгору|повернутися (?:назад|нагору|до списку)|карта сайту|мапа сайту|повна версія(?: сайту)?
мобільна версія(?: сайту)?|версія для друку|увійти|вхід|реєстрація|вийти|особистий кабінет
читати (?:далі|більше|повністю)|показати (?:ще|більше|всі|усі)|детальніше|докладніше
(?:попередня|наступна) (?:стаття|новина|сторінка)|перейти до вмісту|головне меню|закрити
про (?:нас|проєкт|проект|редакцію)|зворотний зв'язок|політика (?:конфіденційності|приватності)
правила (?:сайту|користування)|угода користувача|(?:усі|всі) новини
\(?(?:0|6|12|16|18|21)\s?\+\)?
(?:рекомендуемый возраст|возрастное ограничение|вікове обмеження)\W*\d+\+?
""",
        "table-of-contents": r"""
(?:table of )?contents(?: \[?(?:hide|show)\]?)?|in this article|on this page|jump to(?: section)?
sommaire|table des matières|dans cet article|au sommaire
содержание(?: \[?(?:скрыть|показать|убрать)\]?)?|содержание статьи|оглавление|в этой статье
зміст(?: \[?(?:сховати|приховати|показати)\]?)?|зміст статті|у цій статті
""",
        "advert": r"""
advert(?:isement|ising|orial)?|sponsored(?: content| post)?|promoted|ad|ads by \w+|publicité
annonce|contenu sponsorisé|la suite après (?:la|cette) publicité|pub
article continues (?:below|after)(?: (?:this )?ad\w*)?|story continues below(?: advertisement)?
реклама(?: на сайте)?|на правах рекламы|партн[её]рский материал|промо|рекламный блок
на правах реклами|партнерський матеріал|реклама на сайті|продовження після реклами
продолжение (?:статьи )?после рекламы
""",
    }
)

# The whole line must match one of these.
COUNTERS = (
    r"[\d\s]{1,9}",
    rf"(?:[👁👍❤💬🔥👎⏱]\W*)?{_COUNT}\s?(?:{_UNITS})\.?(?:\W+{_COUNT}\s?(?:{_UNITS}))*",
    rf"(?:{_UNITS})\s*[:(—-]\s*{_COUNT}\)?",
    rf"[👁👍❤💬🔥👎⏱]\W*{_COUNT}",
    (
        r"(?:reading time|temps de lecture|lecture|время (?:на )?чтени[ея]|час читання|читать)"
        r"[\s:—–-]*(?:~|≈|environ\s)?\d+\s?(?:min\w*|мин\w*|хв\w*)\.?(?:\s(?:read|чтения))?"
    ),
)

# The line must start like this and go on with a name or the like.
START: Mapping[str, str] = MappingProxyType(
    {
        "tags": r"""
(?:tags?|keywords|filed under|topics?|tagged(?: with| as)?|hashtags)\s*:
(?:mots[- ]cl[ée]s|étiquettes|thèmes?|thématiques?|catégories?|rubriques?)\s*:
(?:теги|метки|тэги|ключевые слова|рубрик[аи]|темы|категори[яи])\s*:
(?:мітки|ключові слова|рубрик[аи]|теми|категорі[яї])\s*:
""",
        "credit": r"""
(?:photos?|images?|picture|credits?|source|via|illustration)\s*(?::|©|/\s)
(?:photo|image) credit\s*(?::|©|/\s)
(?:crédits?(?: photos?)?|photographies?|visuel|légende)\s*(?::|©|/\s)
(?:фото|источник|фотография|изображение|иллюстрация|по материалам|скриншот|видео)\s*(?::|©|/\s)
(?:джерело|зображення|ілюстрація|за матеріалами|скріншот|відео|світлина)\s*(?::|©|/\s)
""",
        "byline": r"""
(?:author|editor|(?:written|posted|reported|reporting|editing|edited) by)\b\s*(?::|[a-z])
(?:auteur|rédigé par|écrit par|publié par|propos recueillis par)\b\s*(?::|[a-zà-ÿ])
(?:автор(?:ы|и)?|текст|редактор|подготовил[аи]?|корреспондент)\s*:
(?:підготував|підготувала|підготували|кореспондент)\s*:
""",
    }
)

HOME = frozenset({"home", "accueil", "главная", "головна", "homepage", "start"})
_SECTIONS = """
news world business politics economy sport sports culture opinion tech technology science health
lifestyle travel auto cars video photo podcasts weather finance markets society local contact
about archive search login help rss shop jobs
accueil actualités actualité monde politique économie société culture sports santé sciences
planète débats vidéos photos podcasts météo annonces boutique emploi
recherche rechercher contact régions
новости мир политика экономика общество культура спорт наука технологии здоровье авто видео фото
происшествия бизнес финансы мнения погода поиск контакты архив главная реклама регионы интервью
новини світ політика економіка суспільство культура спорт наука технології здоров'я авто відео
бізнес фінанси думки погода пошук контакти архів головна регіони інтерв'ю війна події
"""
SECTIONS = frozenset(_SECTIONS.split())


@cache
def compiled(table: str) -> re.Pattern[str]:
    """Return the patterns of a table as one, compiled on first use."""
    rows = table.replace("\\\n", "").strip().splitlines()
    return re.compile("|".join(f"(?:{row})" for row in rows))
