"""Do the links of a mail show where they lead, and may they stand there at all?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from sequencer.files.inspected import InspectedTemplate
from sequencer.files.link_hosts import SHORTENERS
from sequencer.files.problem import Problem
from sequencer.files.sample_values import UNSUBSCRIBE_URL

LEAST_WORDS = 3  # letters of a link that people notice
_LINK = re.compile(
    r"(?<!\\)\[(?P<words>[^\[\]]{0,500})\]\(\s{0,9}<?(?P<target>(?:\{\{[^{}]{0,200}\}\}|[^)\s>])*)"
    r"|<?(?P<bare>https?://[^\s<>\"\])]+)",
    re.IGNORECASE,
)
_LOOKS_LIKE_ADDRESS = re.compile(
    r"(?:https?://)?(?P<host>(?:[\w-]{1,63}\.)+[a-z]{2,24})(?::\d+)?(?:[/?#]\S*)?|\S+@(?P<at>\S+)",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>[^<]*</a>')
_BARE = re.compile(r"https?://[^\s<>\")]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the source of a template; a bare address has no words of its own."""

    line: int
    column: int
    words: str
    target: str

    @property
    def at(self) -> tuple[int, int]:
        """Line and column."""
        return self.line, self.column


def link_findings(template: InspectedTemplate) -> Iterator[Problem]:
    """What is wrong with the links of a mail."""
    links = list(_links(template))
    for link in links:
        yield from _hidden_opt_out(template, link)
        if link.target.lower().startswith(("http://", "https://")):
            yield from _of_host(template, link)
            yield from _of_scheme(template, link)
        yield from _deceptive(template, link)
    if template.is_first:
        yield from _too_many(template, links)


def _links(template: InspectedTemplate) -> Iterator[Link]:
    for number, line in template.body():
        if "](" not in line and "://" not in line:
            continue
        for match in _LINK.finditer(line):
            target = match["bare"] or match["target"] or ""
            yield Link(number, match.start() + 1, match["words"] or "", target)


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty where there is none to be read."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _of_host(template: InspectedTemplate, link: Link) -> Iterator[Problem]:
    if "{{" in link.target.partition("://")[2].partition("/")[0]:
        return  # the host itself is filled in
    host = host_of(link.target)
    if host.removeprefix("www.") in SHORTENERS:
        message = f"`{host}` shortens links and hides where they lead"
        yield template.problem("shortened-link", link.at, message, "link to the page itself")
    elif _is_number(host) or "." not in host:
        message = f"the link leads to `{host[:60]}`, which is no host of the public web"
        hint = "write the name that people know, such as https://acme.example"
        yield template.problem("bare-address-link", link.at, message, hint)


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return host.replace(".", "").isdecimal()
    return True


def _of_scheme(template: InspectedTemplate, link: Link) -> Iterator[Problem]:
    if link.target.lower().startswith("http://"):
        message = f"the link leads to http: `{link.target[:60]}`"
        yield template.problem("insecure-link", link.at, message, "write https://")


def _deceptive(template: InspectedTemplate, link: Link) -> Iterator[Problem]:
    words = link.words.strip().strip("*_`").strip()
    shown = _LOOKS_LIKE_ADDRESS.fullmatch(words) if len(words) <= 300 else None
    if shown is None or "{{" in words:
        return
    target = link.target.removeprefix("mailto:").partition("?")[0]
    goes_to = target.rpartition("@")[2] if "://" not in target else host_of(target)
    wanted = (shown["host"] or shown["at"] or "").lower()
    if goes_to.lower().removeprefix("www.") != wanted.removeprefix("www."):
        message = f"the words say `{words[:60]}`, the link leads to `{goes_to[:60]}`"
        hint = "let words stand there that are no address"
        yield template.problem("deceptive-link", link.at, message, hint)


def _hidden_opt_out(template: InspectedTemplate, link: Link) -> Iterator[Problem]:
    if "unsubscribe_url" in link.target and len(_LETTER.findall(link.words)) < LEAST_WORDS:
        message = f"the opt-out link has hardly any words: `{link.words[:20]}`"
        hint = "leave it out: a line with it stands below every mail"
        yield template.problem("hidden-opt-out", link.at, message, hint)


def _too_many(template: InspectedTemplate, links: list[Link]) -> Iterator[Problem]:
    rendered = template.full.rendered
    if rendered is None:
        return
    shown = rendered.text if rendered.html is None else rendered.html
    found = {*_ANCHOR.findall(shown), *_BARE.findall(_ANCHOR.sub(" ", shown))}
    others = found - {UNSUBSCRIBE_URL}
    others = {each for each in others if not each.startswith("mailto:")}
    if len(others) > 1:
        counted = [each for each in links if "unsubscribe_url" not in each.target]
        at = counted[1].at if len(counted) > 1 else (template.body_at, 1)
        message = f"the first mail has {len(others)} links"
        yield template.problem("many-links", at, message, "keep the one that matters most")
