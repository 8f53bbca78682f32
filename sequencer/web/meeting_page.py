"""The pages of meetings for inside reps: sign in, what comes and what was, and one of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.responses import HTMLResponse

from sequencer.domain.address import key_of
from sequencer.domain.meeting import MeetingState
from sequencer.engine.meeting_view import MeetingView
from sequencer.web.frame import (
    NOTHING,
    button,
    fold,
    form,
    frame,
    joined,
    mail_link,
    phone_link,
    rows,
    section,
    web_link,
)
from sequencer.web.meeting_words import HANDOVERS, STATES, WHO, said_with
from sequencer.web.times import in_both, length, moment, zone_or

_S = MeetingState
_OPEN = frozenset({_S.REQUESTED, _S.BOOKED, _S.ASKED_AGAIN})
DONE = {
    "book": "The meeting is booked.",
    "move": "The meeting is moved.",
    "cancel": "The meeting is cancelled.",
    "held": "Noted: it took place.",
    "no-show": "Noted: nobody came.",
    "came": "Noted: they came after all.",
    "confirm": "The meeting is confirmed.",
    "credit": "The meeting is theirs now.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown.

    Attributes:
        tz: of whoever looks.
        word: that the forms of the session carry; empty where nothing may be changed.
        by: who is signed in.
        done: what they have just done.
        wrong: why it could not be done.
    """

    tz: ZoneInfo
    now: datetime
    word: str
    by: str
    done: str = ""
    wrong: str = ""
    status: int = 200

    @property
    def told(self) -> Markup:
        """What has come of the last button."""
        return said_with(self.wrong, "bad") or said_with(DONE.get(self.done, ""), "good")


@dataclass(frozen=True, slots=True)
class Turn:
    """The ways to earlier and later meetings, and the word for signing out."""

    word: str
    coming: Markup
    past: Markup


def sign_in_page(wrong: str = "", status: int = 200) -> HTMLResponse:
    """Who has a key may come in."""
    field = Markup(
        '<input name="name" value="sequencer" autocomplete="username" hidden>'
        '<label>Your key<input type="password" name="key" required maxlength="500" '
        'autocomplete="current-password"></label>'
    )
    hint = Markup('<p class="soft">It is one of those under <code>web.api_keys</code>.</p>')
    parts = [
        Markup("<h1>Meetings</h1>"),
        said_with(wrong, "bad"),
        form(field, hint, button("Sign in", "sign-in"), card=True),
    ]
    return frame("Sign in", parts, status)


def list_page(
    look: Look, coming: Sequence[MeetingView], past: Sequence[MeetingView], turn: Turn
) -> HTMLResponse:
    """What comes, what was, and the way to more of it."""
    word = look.word
    sign_out = form(button("Sign out", "sign-out", plain=True), word=turn.word)
    head = Markup('<header><h1>Meetings</h1><div class="soft">{}{}</div></header>')
    none = Markup('<p class="soft">{}</p>')
    parts = [
        head.format(look.by, sign_out),
        look.told,
        section(
            "Coming",
            _list(coming, look) or none.format("No meeting is coming."),
            turn.coming,
            _booking(look) if word else NOTHING,
        ),
        section(
            "Over, missed or cancelled",
            _list(past, look) or none.format("No meeting has been yet."),
            turn.past,
        ),
    ]
    return frame("Meetings", parts, look.status)


def turn_of(word: str, at: tuple[int, int], more: tuple[bool, bool]) -> Turn:
    """Links to other pages of both lists; `at` are the present ones, from 0."""
    coming, past = at
    return Turn(
        word,
        _pages(lambda page: f"?coming={page}&past={past}", coming, more=more[0]),
        _pages(lambda page: f"?coming={coming}&past={page}", past, more=more[1]),
    )


def _pages(link: Callable[[int], str], page: int, *, more: bool) -> Markup:
    one = Markup('<a href="{}">{}</a>')
    links = [one.format(link(page - 1), "Back")] if page else []
    links += [one.format(link(page + 1), "More")] if more else []
    return Markup('<p class="pages">{}</p>').format(Markup(" ").join(links)) if links else NOTHING


def _list(views: Sequence[MeetingView], look: Look) -> Markup:
    return (
        Markup("<ol>\n{}\n</ol>").format(joined(_row(view, look) for view in views))
        if views
        else NOTHING
    )


def _row(view: MeetingView, look: Look) -> Markup:
    meeting = view.meeting
    at: Markup | str = "no time yet"
    if meeting.starts_at is not None:
        at = moment(meeting.starts_at, look.tz, look.now)
    return Markup(
        '<li class="row"><div><a href="meetings/{}">{}</a><br><span class="soft">{}</span></div>'
        '<div class="right">{}<br><span class="soft">{}</span></div></li>'
    ).format(meeting.id, who_of(view), at, _state(view), _with(view))


def who_of(view: MeetingView) -> str:
    """`Zoe Example, Bank AG`; an address where no more is known."""
    person = view.person
    if person is None:
        return view.meeting.email or "somebody unknown"
    name = f"{person.first_name} {person.last_name}".strip() or person.email
    return ", ".join(filter(None, (name, person.company)))


def _state(view: MeetingView) -> Markup:
    words, kind = STATES[view.meeting.state]
    if view.meeting.state is _S.BOOKED and not view.meeting.verified:
        words, kind = "Booked, by a mail alone", ""
    return Markup('<span class="state {}">{}</span>').format(kind, words)


def _with(view: MeetingView) -> str:
    given = view.handover
    return f"{HANDOVERS[given.state]} {view.rep}" if given else view.meeting.host


def meeting_page(view: MeetingView, look: Look) -> HTMLResponse:
    """One meeting, with what may be said of it now."""
    title = f"Meeting with {who_of(view)}"
    head = Markup('<p><a href="../meetings">All meetings</a></p><h1>{}</h1><p>{}</p>')
    deeds = section("What is new?", *_deeds(view, look)) if look.word else NOTHING
    parts = [
        head.format(title, _state(view)),
        look.told,
        section("The meeting", _meeting(view, look)),
        deeds,
        section("The prospect", _prospect(view)),
    ]
    return frame(title, parts, look.status)


def unknown_meeting() -> HTMLResponse:
    """The same for every number of which the viewer sees nothing."""
    text = Markup('<h1>There is no such meeting</h1><p><a href="../meetings">All meetings</a></p>')
    return frame("No such meeting", [text], 404)


def _meeting(view: MeetingView, look: Look) -> Markup:
    meeting = view.meeting
    when: Markup | str = "no time yet"
    lasts = ""
    if meeting.starts_at is not None:
        when = in_both(meeting.starts_at, look.tz, zone_or(meeting.tz, look.tz), look.now)
        lasts = length(meeting.starts_at, meeting.ends_at)
    why = " ".join(filter(None, (meeting.cancelled_by, meeting.cancel_reason)))
    return rows(
        (
            ("When", when),
            ("Takes", lasts),
            ("Where", meeting.place),
            ("Link", web_link(meeting.link)),
            ("About", meeting.title),
            ("Kind", meeting.event_type),
            ("With", _with(view)),
            ("Source", meeting.source.replace("_", " ")),
            ("Cancelled", why if meeting.state is _S.CANCELLED else ""),
            ("Cadence", view.cadence),
            ("Client", view.client or ""),
        )
    )


def _prospect(view: MeetingView) -> Markup:
    person = view.person
    if person is None:
        return rows(
            (("Address", mail_link(view.meeting.email)), ("Known", "nobody's that we know"))
        )
    is_same = key_of(person.email) == key_of(view.meeting.email)
    return rows(
        (
            ("Name", f"{person.first_name} {person.last_name}".strip()),
            ("Position", person.title),
            ("Company", person.company),
            ("E-mail", mail_link(person.email)),
            ("Booked as", mail_link("" if is_same else view.meeting.email)),
            ("Phone", phone_link(person.phone)),
        )
    )


def _deeds(view: MeetingView, look: Look) -> Iterator[Markup]:
    state, word = view.meeting.state, look.word
    buttons = [form(each, word=word) for each in _buttons(view, look.now)]
    if buttons:
        yield Markup('<div class="deeds">{}</div>').format(Markup("").join(buttons))
    if state is not _S.HELD:
        yield fold("Move it", form(_time(look, "as before"), button("Move", "move"), word=word))
    if state in _OPEN or state is _S.NO_SHOW:
        reason = Markup('<label>Why?<input name="because" maxlength="500"></label>')
        yield fold("Cancel it", form(WHO, reason, button("Cancel it", "cancel"), word=word))
    if view.person is None:
        yield fold("Whose is it?", form(_EMAIL, button("It is theirs", "credit"), word=word))


def _buttons(view: MeetingView, now: datetime) -> Iterator[Markup]:
    meeting = view.meeting
    state, has_begun = meeting.state, meeting.starts_at is None or meeting.starts_at <= now
    if state in _OPEN and not (state is _S.BOOKED and meeting.verified):
        yield button("It is on", "confirm")
    if state in {_S.BOOKED, _S.REQUESTED} and has_begun:
        yield button("It took place", "held")
    if state in {_S.BOOKED, _S.HELD} and has_begun:
        yield button("Nobody came", "no-show", plain=True)
    if state is _S.NO_SHOW:
        yield button("They came after all", "came")


_EMAIL = Markup(
    '<label>Address of the prospect<input type="email" name="email" required maxlength="320">'
    "</label>"
)


def _time(look: Look, otherwise: str) -> Markup:
    return Markup(
        '<label>Begins, by the time of {}<input type="datetime-local" name="starts_at" required>'
        '</label><label>Minutes<input type="number" name="minutes" min="1" max="20160" '
        'placeholder="{}"></label>'
    ).format(look.tz.key, otherwise)


def _booking(look: Look) -> Markup:
    more = Markup(
        '<label>Where, for a visit<input name="place" maxlength="500"></label>'
        '<label>Link<input type="url" name="link" maxlength="500"></label>'
    )
    inner = form(_EMAIL, _time(look, "not agreed"), more, button("Book", "book"), word=look.word)
    return fold("Book a meeting", inner)
