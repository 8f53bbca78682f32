"""The page behind the link that a rep gets with a meeting: all that is known, and their answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.responses import HTMLResponse

from sequencer.domain.handover import HandoverState
from sequencer.domain.handover_record import Line, Record
from sequencer.domain.meeting import MeetingState
from sequencer.engine.handover_answer import HandoverView
from sequencer.engine.handover_deed import seen_of
from sequencer.web.frame import (
    NOTHING,
    button,
    fold,
    form,
    frame,
    mail_link,
    phone_link,
    rows,
    section,
    web_link,
)
from sequencer.web.meeting_words import STATES, WHO, said_with
from sequencer.web.times import in_both, length, moment, zone_or

_DONE = {
    "accept": "The meeting is yours.",
    "refuse": "You have given it back. Somebody else is asked.",
    "held": "Noted: it took place.",
    "no-show": "Noted: nobody came.",
    "came": "Noted: they came after all.",
    "cancel": "The meeting is cancelled.",
}


def handover_page(
    view: HandoverView,
    now: datetime,
    *,
    done: str = "",
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page; `done` is what the rep has just done, `wrong` why it could not be done."""
    record = view.record
    tz = zone_or(record.rep_tz, ZoneInfo("UTC"))
    who = record.person or record.email
    title = f"Meeting with {who}"
    heading = Markup("<h1>{}</h1><p>{}</p>").format(title, _standing(view, tz, now))
    parts = [
        heading,
        said_with(wrong, "bad") or said_with(_DONE.get(done, ""), "good"),
        section("The meeting", _meeting(view, tz, now)),
        _answers(view, now),
        section("The person", _person(record)),
        section("What they wrote", _quoted(record.notes)),
        section("Calls", _lines(record.calls, tz, now)),
        section("What was sent and said", _lines(record.timeline, tz, now)),
        Markup('<p class="soft">This link is yours alone, and works until {}.</p>').format(
            moment(view.good_until, tz, now)
        ),
    ]
    return frame(title, parts, status)


def unknown_handover(status: int = 404) -> HTMLResponse:
    """The same for every link that is not good, whatever is wrong with it."""
    title = "This link does not work"
    text = (
        "It may have been cut off by your mail program, or the meeting was some time ago. Whoever "
        "handed it over to you can tell you more."
    )
    return frame(title, [Markup("<h1>{}</h1><p>{}</p>").format(title, text)], status)


def _standing(view: HandoverView, tz: ZoneInfo, now: datetime) -> Markup:
    """Where it stands, in a sentence."""
    state = Markup('<span class="state {}">{}</span>')
    if view.meeting_state is not MeetingState.BOOKED:
        words, kind = STATES[view.meeting_state]
        return state.format(kind, words)
    match view.state:
        case HandoverState.OFFERED:
            until = NOTHING
            if view.answer_by_at is not None:
                sentence = Markup(" Without an answer by {} somebody else is asked.")
                until = sentence.format(moment(view.answer_by_at, tz, now))
            return state.format("", "It is offered to you.") + until
        case HandoverState.ACCEPTED:
            return state.format("good", "It is yours.")
        case HandoverState.REFUSED:
            return state.format("", "You have given it back.")
        case HandoverState.LAPSED:
            return state.format("", "There was no answer in time; somebody else was asked.")
        case HandoverState.WITHDRAWN:
            return state.format("", "It is not yours any more.")


def _meeting(view: HandoverView, tz: ZoneInfo, now: datetime) -> Markup:
    record = view.record
    when: Markup | str = "not agreed yet"
    lasts = ""
    if record.starts_at is not None:
        when = in_both(record.starts_at, tz, zone_or(record.person_tz, tz), now)
        lasts = length(record.starts_at, record.ends_at)
    return rows(
        (
            ("When", when),
            ("Takes", lasts),
            ("Where", record.place),
            ("Link", web_link(record.link)),
            ("About", record.title),
            ("Why you", view.because),
            ("Known from", record.cadence),
            ("For", record.client),
        )
    )


def _person(record: Record) -> Markup:
    return rows(
        (
            ("Name", record.person),
            ("Position", record.position),
            ("Company", record.company),
            ("Country", record.country),
            ("E-mail", mail_link(record.email)),
            ("Phone", phone_link(record.phone)),
            ("Last answer", record.intent.replace("_", " ")),
            ("So far with", record.inside_rep),
        )
    )


def _answers(view: HandoverView, now: datetime) -> Markup:
    """What the rep may say now."""
    is_theirs = view.state is HandoverState.ACCEPTED
    return section("What is new?" if is_theirs else "Your answer", *_forms(view, now))


def _forms(view: HandoverView, now: datetime) -> Iterator[Markup]:
    is_theirs = view.state is HandoverState.ACCEPTED
    seen = Markup('<input type="hidden" name="of" value="{}">').format(seen_of(view))
    buttons = [form(seen, button("Take it", "accept"))] if view.may_accept and not is_theirs else []
    if is_theirs:
        buttons.extend(form(each) for each in _outcomes(view, now))
    if buttons:
        yield Markup('<div class="deeds">{}</div>').format(Markup("").join(buttons))
    if view.may_refuse:
        words = "Give it back" if is_theirs else "I cannot take it"
        yield _with_reason(words, "Why? Whoever is asked next may read it.", "refuse")
    if is_theirs and view.meeting_state is MeetingState.BOOKED:
        yield _with_reason("Cancel the meeting", "Why? The prospect is not told.", "cancel", WHO)


def _outcomes(view: HandoverView, now: datetime) -> Iterator[Markup]:
    starts_at, state = view.record.starts_at, view.meeting_state
    if starts_at is not None and starts_at > now:
        return
    if state is MeetingState.BOOKED:
        yield button("It took place", "held")
    if state in {MeetingState.BOOKED, MeetingState.HELD}:
        yield button("Nobody came", "no-show", plain=True)
    if state is MeetingState.NO_SHOW:
        yield button("They came after all", "came")


def _with_reason(words: str, asked: str, deed: str, more: Markup = NOTHING) -> Markup:
    """A button behind a fold, with a field for the reason."""
    field = Markup(
        '<label>{}<textarea name="because" maxlength="500" rows="3"></textarea></label>'
    ).format(asked)
    return fold(words, form(more, field, button(words, deed, plain=True)))


def _lines(lines: Sequence[Line], tz: ZoneInfo, now: datetime) -> Markup:
    """The newest first."""
    found = [
        Markup("<li>{}, {}{}</li>").format(moment(each.at, tz, now), each.what, _quoted(each.said))
        for each in reversed(lines)
    ]
    return Markup("<ol>\n{}\n</ol>").format(Markup("\n").join(found)) if found else NOTHING


def _quoted(text: str) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(text) if text.strip() else NOTHING
