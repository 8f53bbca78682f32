"""What works in the settings, but not as people would want?"""

from collections.abc import Iterator
from dataclasses import replace

from sequencer.domain.booking_link import is_booking_page
from sequencer.files.check_words import is_emoji
from sequencer.files.problem import Problem
from sequencer.files.settings_model import Settings
from sequencer.files.yaml_source import YamlSource

_SUBJECT_WORDS = ("re:", "fw:", "fwd:", "aw:", "rv:")
_HTTPS = "https://"


def settings_findings(settings: Settings, source: YamlSource) -> Iterator[Problem]:
    """Findings about settings that are right as such."""
    if settings.mailboxes:
        yield from _postal_address(settings, source)
        yield from _public_address(settings, source)
    yield from _display_names(settings, source)
    yield from _booking_pages(settings, source)


def _postal_address(settings: Settings, source: YamlSource) -> Iterator[Problem]:
    if not settings.workspace.postal_address:
        message = "`workspace.postal_address` is empty; many countries demand one in each mail"
        hint = "write the company's name and address there, as one line"
        place = ("workspace", "postal_address")
        yield source.problem(place, message, hint, at_key=True).of_rule("no-postal-address")


def _public_address(settings: Settings, source: YamlSource) -> Iterator[Problem]:
    if not settings.web.public_url.startswith(_HTTPS):
        message = f"opt-out links begin with `{settings.web.public_url}`"
        hint = "set `web.public_url` to the https address under which the world reaches the pages"
        yield source.problem(("web", "public_url"), message, hint).of_rule("no-public-address")


def _display_names(settings: Settings, source: YamlSource) -> Iterator[Problem]:
    for name, mailbox in settings.mailboxes.items():
        shown = mailbox.name.strip()
        odd = "@" in shown or any(map(is_emoji, shown))
        if odd or shown.lower().startswith(_SUBJECT_WORDS):
            message = f"people would read `{shown[:60]}` as the name of who writes"
            place = ("mailboxes", name, "name")
            hint = "write the name of the rep, perhaps with the company's"
            yield source.problem(place, message, hint).of_rule("display-name")


def _booking_pages(settings: Settings, source: YamlSource) -> Iterator[Problem]:
    own = tuple((host, str(tool)) for host, tool in settings.booking_hosts.items())
    groups = (("mailboxes", settings.mailboxes), ("reps", settings.reps))
    pages = [(group, name, each.booking_url) for group, of in groups for name, each in of.items()]
    for group, name, url in pages:
        if url and not is_booking_page(url, own):
            message = "nobody knows whether this booking page hands our token through"
            hint = "name its host under `booking_hosts`, with the tool that serves it"
            problem = source.problem((group, name, "booking_url"), message, hint)
            yield replace(problem, source_line="").of_rule("unknown-booking-page")
