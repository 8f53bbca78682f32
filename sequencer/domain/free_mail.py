"""Domains at which anybody may have an address: to share one makes nobody a colleague."""

_LIST = """
126.com 163.com a1.net abv.bg aim.com alice.it aliceadsl.fr aol.co.uk aol.com aol.de aol.fr aol.it
aol.jp aon.at arcor.de att.net azet.sk bbox.fr bellsouth.net bigpond.com bigpond.net.au bk.ru
bluewin.ch blueyonder.co.uk bol.com.br btinternet.com btopenworld.com casema.nl centrum.cz
charter.net chello.at citromail.hu clix.pt club-internet.fr comcast.net cox.net daum.net disroot.org
docomo.ne.jp duck.com earthlink.net eircom.net email.com email.cz email.it ezweb.ne.jp fastmail.com
fastmail.fm fastwebnet.it foxmail.com free.fr freemail.hu freenet.de gazeta.pl gmail.com gmx.at
gmx.ch gmx.co.uk gmx.com gmx.de gmx.es gmx.eu gmx.fr gmx.info gmx.it gmx.net gmx.org gmx.us
hanmail.net hetnet.nl hey.com hispeed.ch home.nl hotmail.be hotmail.ca hotmail.co.jp hotmail.co.nz
hotmail.co.uk hotmail.com hotmail.com.ar hotmail.com.au hotmail.com.br hotmail.com.mx hotmail.com.tr
hotmail.de hotmail.dk hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.no hotmail.se hushmail.com
i.ua icloud.com ig.com.br iinet.net.au inbox.lv inbox.ru interia.eu interia.pl internet.ru inwind.it
iol.it juno.com keemail.me kpnmail.nl laposte.net libero.it list.ru live.at live.be live.ca live.ch
live.cn live.co.uk live.com live.com.au live.com.mx live.com.pt live.de live.dk live.fr live.ie
live.in live.it live.jp live.nl live.no live.se mac.com mail.bg mail.com mail.de mail.ee mail.ru
mailbox.org mailfence.com me.com meta.ua msn.com naver.com netcabo.pt neuf.fr ntlworld.com
numericable.fr o2.pl onet.pl online.de optonline.net optusnet.com.au orange.fr otenet.gr outlook.at
outlook.be outlook.cl outlook.co.id outlook.co.th outlook.com outlook.com.ar outlook.com.au
outlook.com.br outlook.com.tr outlook.de outlook.dk outlook.es outlook.fr outlook.ie outlook.in
outlook.it outlook.jp outlook.kr outlook.pt outlook.sa outlook.sg planet.nl pm.me poczta.onet.pl
post.cz posteo.de privaterelay.appleid.com proton.me protonmail.ch protonmail.com qq.com quicknet.nl
rambler.ru rediffmail.com riseup.net rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net
scarlet.be seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be softbank.ne.jp sohu.com
sympatico.ca t-online.de talktalk.net telefonica.net telenet.be telia.com terra.com.br terra.es
tin.it tiscali.co.uk tiscali.de tiscali.it tlen.pl tuta.com tuta.io tutamail.com tutanota.com
ukr.net uol.com.br upcmail.nl verizon.net virgilio.it virgin.net virginmedia.com vodafone.it
volny.cz vp.pl wanadoo.fr web.de windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.at yahoo.be
yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk
yahoo.co.za yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.co yahoo.com.hk
yahoo.com.mx yahoo.com.my yahoo.com.pe yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw
yahoo.com.ve yahoo.com.vn yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in yahoo.it
yahoo.no yahoo.pl yahoo.ro yahoo.se yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net
ymail.com ziggo.nl zoho.com zoho.eu zohomail.com zohomail.eu
"""

FREE_MAIL = frozenset(_LIST.split())


def is_free_mail(domain: str) -> bool:
    """Whether the domain (a key of `domain.address`) gives addresses to the public."""
    return domain in FREE_MAIL
