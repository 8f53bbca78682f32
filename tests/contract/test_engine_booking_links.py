"""From the link in a mail to the meeting it is credited to, whatever address books it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from booking_series import calcom, calendly, chilipiper, generic, savvycal, zcal, zoom
from stage import STEPS, Stage, a_loaded, a_policy

from sequencer.adapters.booking.registry import TOOLS
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.post import Secrets
from sequencer.engine.hook_sources import new_source
from sequencer.engine.hooks import apply_delivery, store_delivery
from sequencer.store import hooks, meetings
from sequencer.store.database import Database

ZOE, LEE = "zoe@bank.example", "lee@bank.example"
SECRETS = Secrets(("a key",), ())
LINK = re.compile(r"https://\S+")
Query = Mapping[str, str]


def of_metadata(query: Query) -> dict[str, str]:
    """What Cal.com and SavvyCal make of `metadata[name]=value`."""
    found = (re.fullmatch(r"metadata\[(\w+)\]", name) for name in query)
    return {each[1]: query[each[0]] for each in found if each}


# How each tool hands back what its link carried, with the address of a stranger.
BOOKED: Mapping[str, tuple[str, Callable[[Query], bytes]]] = {
    "calendly": (
        "https://calendly.com/ana/intro?month=2026-12",
        lambda query: calendly("invitee.created", 0, tracking=dict(query)),
    ),
    "calcom": (
        "https://cal.com/ana/intro?metadata[source]=mail",
        lambda query: calcom("BOOKING_CREATED", 0, metadata=of_metadata(query)),
    ),
    "savvycal": (
        "https://savvycal.com/ana/intro",
        lambda query: savvycal("event.created", 0, metadata=of_metadata(query)),
    ),
    "zcal": (
        "https://zcal.co/i/abc?a0=Bank",
        lambda query: zcal("event.created", 0, tracking=dict(query)),
    ),
    "chilipiper": (
        "https://acme.chilipiper.com/book/me",
        lambda query: chilipiper("Created", primaryGuestDataFields=dict(query)),
    ),
    "zoom": (
        "https://scheduler.zoom.us/ana/intro",
        lambda query: zoom("created", 0, tracking=dict(query)),
    ),
    "generic": (
        "{{ booking_link }}",
        lambda query: generic("booked", 0, token=query["utm_content"]),
    ),
}


@pytest.mark.parametrize("tool", sorted(BOOKED))
async def test_booked_with_another_address(database: Database, tool: str) -> None:
    """The token in the link of the mail that was sent tells whose meeting it is."""
    page, tell = BOOKED[tool]
    policy = a_policy()
    ana, luis = policy.mailboxes["ana"], policy.mailboxes["luis"]
    ana = replace(ana, booking_url="https://book.acme.example/ana")
    stage = Stage(
        database,
        policy=a_policy(mailboxes={"ana": ana, "luis": luis}),
        sources={tool: new_source(TOOLS[tool], SECRETS)},
    )
    template = f"---\nsubject: Hi\n---\nPick a time: {page}\n"
    stage.apply(a_loaded({"intro.md": template}, steps=STEPS[:2]))
    stage.bring_in(ZOE, LEE)
    stage.enroll(ZOE, LEE)
    await stage.work()
    query = dict(parse_qsl(urlsplit(link_to(stage, ZOE)).query))
    assert link_to(stage, ZOE) != link_to(stage, LEE)
    stage.write(store_delivery, stage.sources[tool], tell(query), stage.clock.now())
    for number in stage.read(hooks.waiting):
        stage.write(apply_delivery, stage.desk, stage.sources, number, stage.clock.now())
    [meeting] = stage.read(meetings.of_person, stage.person(ZOE))
    assert (meeting.credited_by, meeting.enrollment_id) == ("token", stage.stored(ZOE).id)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    assert stage.enrollment(LEE).finish_reason is None
    assert stage.read(meetings.of_person, stage.person(LEE)) == []


def link_to(stage: Stage, address: str) -> str:
    """The booking link in the text of the mail that somebody got."""
    [mail] = stage.mails(address)
    part = next(each for each in mail.walk() if each.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    found = LINK.search(payload.decode())
    assert found is not None
    return found[0]
