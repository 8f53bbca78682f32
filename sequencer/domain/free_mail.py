"""Domains at which anybody may have an address: to share one makes nobody a colleague."""

_LIST = """
126.com 163.com abv.bg alice.it aol.com aol.de arcor.de att.net bellsouth.net bigpond.com bk.ru
bluewin.ch bol.com.br btinternet.com comcast.net cox.net daum.net duck.com email.com email.cz
fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.co.uk hotmail.com hotmail.de hotmail.es
hotmail.fr hotmail.it icloud.com inbox.lv inbox.ru interia.pl kpnmail.nl laposte.net libero.it
list.ru live.be live.ca live.co.uk live.com live.de live.fr live.it live.nl mac.com mail.com mail.de
mail.ru mailbox.org me.com msn.com naver.com o2.pl onet.pl optusnet.com.au orange.fr outlook.at
outlook.be outlook.com outlook.de outlook.es outlook.fr outlook.it planet.nl pm.me posteo.de
proton.me protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com sapo.pt
sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com skynet.be sympatico.ca t-online.de
telefonica.net telenet.be telia.com terra.com.br terra.es tiscali.it tuta.com tuta.io tutanota.com
ukr.net uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl xs4all.nl ya.ru
yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br
yahoo.com.mx yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com ziggo.nl zoho.com
zohomail.com zohomail.eu
"""

FREE_MAIL = frozenset(_LIST.split())


def is_free_mail(domain: str) -> bool:
    """Whether the domain (a key of `domain.address`) gives addresses to the public."""
    return domain in FREE_MAIL
