"""What sites in the four languages print around an article: heads of link lists, and notices.

The tables are written like those of `cues`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Heads of lists of links. Each may stand alone, or before a headline on its own line.
RELATED = r"""
(?:read|see|watch|learn) (?:also|more|next)|also read
(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested in))
related(?: (?:articles?|stories|posts|news|topics|content|reading|links))?
more (?:on this|from|in|stories|news)\b|recommended(?: (?:for you|reading|stories|articles))?
what to read next|don't miss|most (?:read|popular|viewed)|popular(?: now| posts| articles)?
trending(?: now)?|editor'?s'? picks?|top stories|latest (?:news|stories|articles|posts)
(?:à )?lire (?:aussi|également)|à lire|voir aussi|à voir aussi|à (?:découvrir|ne pas manquer)
(?:sur|dans) (?:le|la) même (?:sujet|thème|rubrique)
articles? (?:similaires?|liés|connexes|recommandés?|associés)|nos (?:derniers|autres) articles
les plus (?:lus|populaires|consultés)|dernières? (?:actualités?|infos?|news)
ces articles (?:pourraient|peuvent) vous (?:intéresser|plaire)|vous aimerez aussi
pour aller plus loin
читайте (?:также|ещё|еще|по теме)|читать также|см(?:\.|отрите) также|смотрите ещё
похожие (?:новости|статьи|материалы|записи)|(?:новости|материалы|статьи|другие материалы) по теме
по теме|другие новости|популярн(?:ое|ые (?:новости|статьи))|(?:самое )?читаемое
самое (?:популярное|обсуждаемое)|рекомендуем(?: (?:прочитать|почитать|также))?
вам может быть интересно|ещё (?:новости|по теме)|последние новости|главные новости|лента новостей
новости партн[её]ров|что ещё почитать
читайте (?:також|ще|по темі|на тему)|читати також|див(?:\.|іться) також
схожі (?:новини|статті|матеріали|записи)
(?:новини|матеріали|статті|інші матеріали) (?:за темою|по темі|на тему)|за темою|інші новини
популярн(?:е|і (?:новини|статті))|найпопулярніше|найчитаніше|рекомендуємо(?: (?:прочитати|також))?
вас може зацікавити|вам може бути цікаво|останні новини|головні новини|стрічка новин
новини партнерів
"""

FORUM = r"""
(?:latest |live )?(?:from|on) (?:the|our) forums?|forum (?:topics|discussions)
latest (?:forum )?(?:topics|discussions)
en direct (?:du|des) forums?|(?:les )?dernières? discussions?|sur (?:le|nos) forums?
(?:сейчас |новое |обсуждаем )?на (?:нашем )?форуме|темы форума
последние (?:темы|сообщения)(?: форума)?
(?:зараз |нове )?на (?:нашому )?форумі|теми форуму|останні (?:теми|повідомлення)(?: форуму)?
"""

# Weaker: the head of a list of headlines only where a list follows.
NEWS_HEAD = r"""
(?:actualités?|actu|news|latest|headlines|à la une|новости|главное|новини|головне|stories\
|articles|dossiers?)\b
"""

# Any part of the line may match.
NOTICES: Mapping[str, str] = MappingProxyType(
    {
        "copyright": r"""
(?:©|\(c\)|&copy;)\s*(?:copyright\s*)?(?:\d{4}|[a-zа-яіїє])|copyright\s*(?:©|\(c\)|\d{4})
all rights reserved|tous droits réservés|reproduction (?:même partielle )?interdite
все права (?:защищены|сохранены)|(?:усі|всі) права (?:захищені|захищено|застережено|збережено)
при (?:полном или частичном )?(?:использовании|копировании|цитировании\
|перепечатке) (?:\w+ ){0,4}(?:ссылка|гиперссылка)
перепечатка (?:\w+ ){0,3}(?:запрещена|только)
(?:при|у разі) (?:\w+ )?(?:використанн|копіюванн|цитуванн|передрук)\w* (?:\w+ ){0,4}(?:посилання\
|гіперпосилання)
""",
        "cookie-notice": r"""
\b(?:we|our (?:site|website|partners)|this (?:site|website)|by (?:continuing|using\
|clicking))\b.{0,120}\bcookies?\b
\b(?:accept|reject|manage|allow|decline) (?:all )?(?:our )?cookies?\b
\bcookie (?:policy|settings|preferences|consent)\b
\b(?:nous|notre site|nos partenaires|ce site|en poursuivant)\b.{0,120}\bcookies?\b
\b(?:accepter|refuser|gérer|paramétrer) (?:tous )?(?:les |mes |vos )?cookies\b
politique (?:de|des|relative aux) cookies
\b(?:мы|наш сайт|этот сайт|на (?:нашем|этом) сайте|сайт|продолжая)\b.{0,120}(?:\bcookies?\b\
|\bкуки\b|файл\w+ cookie)
\b(?:ми|наш сайт|цей сайт|на (?:нашому|цьому) сайті|продовжуючи)\b.{0,120}(?:\bcookies?\b\
|\bкукі\b|файл\w+ cookie)
""",
        "advert": r"""
\b(?:get|download|install|try|open) (?:the|our|my) (?:\S+ ){0,3}apps?\b
\bscan (?:to|the|this) (?:join|download|qr|code)
\bjoin (?:our |over )?[\d.,]+\s?[km]?\+? (?:users|readers|subscribers|members)
\b(?:sign|log) up (?:now|today|free|here)\b|\bget started (?:today|now)\b
available on (?:the )?(?:app store|google play)|\bapp store\b.{0,20}\bgoogle play\b
\b(?:subscribe|sign up) (?:to|for) (?:our|the|my) (?:\S+ ){0,4}(?:newsletter|channel|telegram\
|youtube|updates|podcast|mailing)
\bfollow us (?:on|in|at)\b
\bjoin (?:us on|our) (?:\S+ ){0,2}(?:telegram|whatsapp|channel|facebook|community|group|discord)
\bsupport (?:us|our (?:work|journalism|newsroom))\b.{0,60}(?:patreon|donat|subscri|today|member)
\btélécharge[rz] (?:notre|l')\s?(?:\S+ )?(?:appli\w*|application)
\b(?:inscrivez|abonnez)-vous (?:à|a) (?:notre|nos|la|ma)\b
\b(?:suivez|retrouvez|rejoignez)-nous (?:sur|aussi sur|en direct sur)\b
recevez (?:\S+ ){0,5}(?:newsletter|par e-?mail|dans votre boîte)
\bподпи(?:шитесь|сывайтесь|шись|сывайся) на (?:наш\w*|телеграм|telegram|канал|рассылку|новости\
|нас)
\bскачайте (?:наше|мобильное|бесплатное) приложение
\b(?:присоединяйтесь|следите за нами|читайте нас|мы) (?:в|на|к нам в\
|к нашему) (?:\S+ )?(?:telegram|телеграм\w*|вконтакте|vk|дзен\w*|viber|instagram|facebook\
|youtube|канал\w*)
\bнаш (?:telegram|телеграм)[- ]?канал\b|\bподдержите (?:нас|редакцию|проект)\b
\bпідпи(?:шіться|суйтеся|шись|суйтесь) на (?:наш\w*|телеграм|telegram|канал|розсилку|новини|нас)
\bзавантаж(?:те|уйте) (?:наш|мобільний|безкоштовний) застосун\w+
\b(?:приєднуйтесь|приєднуйтеся|слідкуйте за нами|стежте за нами|читайте нас|ми) (?:в|у|на\
|до нас у|до нашого) (?:\S+ )?(?:telegram|телеграм\w*|viber|instagram|facebook|youtube|канал\w*)
\bнаш (?:telegram|телеграм)[- ]?канал\b|\bпідтримайте (?:нас|редакцію|проєкт)\b
""",
        "typo-report": r"""
(?:ctrl|cmd)\s?\+\s?enter
(?:нашли|заметили|увидели) (?:ошибку|опечатку)|(?:знайшли|помітили|побачили) (?:помилку|одрук)
signaler une (?:erreur|faute)|une (?:erreur|coquille)\s?\?
report (?:a|an) (?:typo|error|correction|mistake)|spotted a(?:n)? (?:typo|error|mistake)
""",
    }
)

# One of these alone marks a short legal text; of the weaker ones several must come together.
DISCLAIMER_STRONG = r"""
(?:not|n[o']t be construed as|does not constitute|do not constitute\
|not intended as)\b.{0,60}\b(?:investment|financial|legal|medical|trading)\b.{0,40}\badvice
for (?:general )?(?:information|informational|educational\
|reference)(?:al)? (?:and educational )?purposes only
(?:opinions?|views?) (?:\w+ ){0,6}(?:are|is) (?:solely )?those of the authors?
do(?:es)? not (?:necessarily )?(?:represent|reflect) (?:\w+ ){0,4}(?:views?|stance|position\
|opinions?|policy)
ne (?:constitue\w*|saurai\w* constituer) (?:\w+ ){0,4}(?:conseil|recommandation|incitation|offre)
à titre (?:purement )?informatif|n'engagent? que (?:leurs?|son|ses) auteurs?
не явля[ею]тся (?:\w+ ){0,4}(?:инвестиционн|финансов|медицинск|юридическ|публичной оферт\
|рекомендац)
мнени[ея] (?:\w+ ){0,4}(?:может|могут) не совпадать
носит (?:исключительно )?(?:информационный|ознакомительный) характер
не є (?:\w+ ){0,4}(?:інвестиційн|фінансов|медичн|юридичн|публічною оферт|рекомендаці)
думк[аи] (?:\w+ ){0,4}(?:може|можуть) не (?:збігатися|співпадати)
має (?:виключно )?(?:інформаційний|ознайомчий) характер
"""

DISCLAIMER_WEAK = r"""
intellectual property|copyright (?:violation|infringement)|infring\w+ (?:up)?on
(?:no|not|without|any|or) (?:\w+ ){0,4}(?:warrant(?:y|ies)|representations? or)
(?:no|not|any|direct or indirect) (?:\w+ ){0,5}(?:liability|responsibility|liable|responsible)
accuracy,? (?:\w+,? ){0,4}(?:completeness|timeliness|reliability)|reliance on|at your own risk
(?:please )?contact us|will (?:be )?(?:address|remove|delete)\w*|applicable laws?
terms (?:of use|and conditions)
(?:all )?(?:articles|materials?|content|information) (?:\w+ ){0,4}(?:on|in|from) (?:this|our\
|the) (?:platform|site|website|page)
past performance
propriété intellectuelle|droits? d'auteur|décline toute responsabilité|ne saurait être tenu
sans garantie|exactitude|à vos (?:propres )?risques|contactez-nous
contenus? (?:\w+ ){0,4}(?:ce site|cette page|notre site)
интеллектуальн\w+ собственност|авторск\w+ прав|не нес[её]т ответственност|достоверност
на свой (?:страх и )?риск|свяжитесь с нами|администраци\w+ сайта
материалы?,? (?:\w+ ){0,4}(?:на сайте|сайта)|правообладател
інтелектуальн\w+ власн|авторськ\w+ прав|не несе відповідальн|достовірн
на власний (?:страх і )?ризик|зв'яжіться з нами|адміністраці\w+ сайту
матеріали?,? (?:\w+ ){0,4}(?:на сайті|сайту)|правовласник
"""

E_MAIL = r"""
\[(?:email|e-mail)[\s\u00a0]?protected\]|\[(?:email|e-mail) (?:защищ[её]н|захищено)\]
(?:this e-?mail address is being protected)|адрес электронной почты защищ
ця електронна адреса захищена|cette adresse e-?mail est protégée
"""
