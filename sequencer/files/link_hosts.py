"""Hosts that shorten links, as data: what they hide is on the lists of every filter."""

_HOSTS = """
    adf.ly amzn.to bit.do bit.ly bl.ink buff.ly clck.ru cutt.ly dub.sh fb.me geni.us goo.gl
    hubs.ly hubs.la is.gd lnkd.in lnk.to mcaf.ee ow.ly ouo.io q.gs qr.ae qr.net rb.gy rebrand.ly
    s.id shor.by short.cm short.io shorte.st shorturl.at smarturl.it snip.ly soo.gd spoti.fi su.pr
    surl.li t.co t.ly tiny.cc tiny.one tinyurl.com tr.im trib.al u.to urlz.fr v.gd vk.cc wp.me
    x.co y2u.be zpr.io
"""
SHORTENERS = frozenset(_HOSTS.split())
