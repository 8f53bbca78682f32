"""What people do when a mail of ours reaches them: now, days later, or as the next one leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sequencer.engine.opt_out import opt_out
from sequencer.mail.folder import Folder
from sequencer.simulation import letters
from sequencer.simulation.booking import BookingService
from sequencer.simulation.cast import Person
from sequencer.simulation.colleagues import tell_colleagues
from sequencer.simulation.letters import Quoted, Writer, quoted_from
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.provider import Provider
from sequencer.simulation.record import Absence, Answer, Dot

RARE = 0.022  # of each thing that somebody may do with one mail
NEARBY_S = 120.0  # around the instant at which the next mail is due


def quoted(dot: Dot) -> Quoted:
    """A mail of ours as its reader has it."""
    return quoted_from(dot.envelope)


Deed = Callable[[Person, Dot], None]


@dataclass
class People:
    """Everybody who gets mail."""

    play: Play
    providers: Mapping[str, Provider]
    bookings: BookingService
    letters: int = 0

    def deeds(self) -> tuple[Deed, ...]:
        """All that somebody may do with a mail."""
        return (
            self.reply,
            self.reply_from_elsewhere,
            self.colleague_replies,
            self.opt_out_by_mail,
            self.press_button,
            self.click,
            self.one_click,
            self.be_away,
            self.have_left,
            self.bounce,
            self.bounce_softly,
            self.complain,
            self.book,
            self.send_newsletter,
            self.send_riddle,
        )

    def react_to(self, dot: Dot) -> None:
        """Somebody got a mail; perhaps something follows from it."""
        person = self.play.person(dot.envelope.recipient)
        for deed in self.deeds():
            if self.play.happens(RARE):
                self.play.later(self._delay(dot), partial(self._do, deed, person, dot))

    def _delay(self, dot: Dot) -> float:
        """Often just before or after the next mail leaves, where races are."""
        del dot
        return self.play.chance.choice((5.0, 90.0, 900.0, DAY_S, 4.6 * DAY_S))

    def _do(self, deed: Deed, person: Person, dot: Dot) -> None:
        if not self.play.calm:
            deed(person, dot)

    # By mail.

    def reply(self, person: Person, dot: Dot) -> None:
        """Answer, perhaps with a mail program that names no mail it answers."""
        writer = self._writer(person.address, threaded=self.play.chance.random() < 0.7)
        text = self.play.chance.choice(letters.REPLIES)
        raw = letters.reply(writer, quoted(dot), text)
        self._send(person, dot, raw, "reply", stops=True, concerns_all=True)

    def reply_from_elsewhere(self, person: Person, dot: Dot) -> None:
        """Answer from a private address."""
        writer = self._writer(f"private.{dot.number}@home.example")
        raw = letters.reply(writer, quoted(dot), letters.REPLIES[0])
        self._send(person, dot, raw, "reply from another address", stops=True, concerns_all=True)

    def colleague_replies(self, person: Person, dot: Dot) -> None:
        """Somebody else at the company answers the mail that was passed on."""
        writer = self._writer(person.colleague)
        raw = letters.reply(writer, quoted(dot), letters.REPLIES[1])
        self._send(person, dot, raw, "reply of a colleague", stops=True, concerns_all=True)

    def opt_out_by_mail(self, person: Person, dot: Dot) -> None:
        """Ask in words to be left alone."""
        writer = self._writer(person.address, threaded=self.play.chance.random() < 0.7)
        text = self.play.chance.choice(letters.REMOVALS)
        self._send(
            person, dot, letters.reply(writer, quoted(dot), text), "opt-out by mail", stops=True
        )

    def press_button(self, person: Person, dot: Dot) -> None:
        """Let the mail program write to List-Unsubscribe."""
        raw = letters.button(self._writer(person.address, threaded=False), quoted(dot))
        self._send(person, dot, raw, "opt-out by button", stops=True)

    def be_away(self, person: Person, dot: Dot) -> None:
        """An absence notice, with or without a date."""
        now = self.play.now
        days = self.play.chance.choice((None, 2, 9, 20))
        back = now + timedelta(days=days) if days else None
        writer = self._writer(person.address, threaded=self.play.chance.random() < 0.7)
        raw = letters.absence(writer, quoted(dot), back)
        self._send(person, dot, raw, "absence", stops=False)
        if back is not None:
            # Midnight of the day after the last one, wherever the person lives.
            until_s = self.play.true.seconds + (back - now).total_seconds() - 0.5 * DAY_S
            self.play.later(0.0, lambda: self._be_quiet(person, dot.mailbox, until_s, raw))

    def _be_quiet(self, person: Person, mailbox: str, until_s: float, raw: bytes) -> None:
        upto = self.play.newest_enrollment()
        person.absences.append(Absence(self.play.true.seconds, until_s, upto, mailbox, raw))

    def have_left(self, person: Person, dot: Dot) -> None:
        """A notice of somebody who has left the company."""
        raw = letters.departure(self._writer(person.address), quoted(dot))
        self._send(person, dot, raw, "left the company", stops=False)

    def bounce(self, person: Person, dot: Dot) -> None:
        """A report that the address does not exist."""
        person.gone = True
        writer = self._writer(person.address)
        raw = letters.bounce(writer, quoted(dot), "5.1.1", "550 5.1.1 no such user")
        self._send(person, dot, raw, "bounce", stops=True)

    def bounce_softly(self, person: Person, dot: Dot) -> None:
        """A report that the mail is late."""
        raw = letters.bounce(self._writer(person.address), quoted(dot), "4.2.2", "452 mailbox full")
        self._send(person, dot, raw, "soft bounce", stops=False)

    def complain(self, person: Person, dot: Dot) -> None:
        """The spam button, as the provider reports it."""
        raw = letters.complaint(self._writer(person.address), quoted(dot))
        self._send(person, dot, raw, "complaint", stops=True)

    def send_newsletter(self, person: Person, dot: Dot) -> None:
        """Bulk mail, which is no answer."""
        raw = letters.newsletter(self._writer(f"news@{person.domain}"), quoted(dot))
        self._send(person, dot, raw, "newsletter", stops=False)

    def send_riddle(self, person: Person, dot: Dot) -> None:
        """A mail that cannot be read."""
        raw = letters.unreadable(self._writer(person.address), quoted(dot))
        self._send(person, dot, raw, "unreadable mail", stops=True)

    def _writer(self, address: str, *, threaded: bool = True) -> Writer:
        self.letters += 1
        return Writer(address, self.play.now, self.letters, threaded)

    def _send(
        self,
        person: Person,
        dot: Dot,
        raw: bytes,
        how: str,
        *,
        stops: bool,
        concerns_all: bool = False,
    ) -> None:
        """Deliver once or twice, now or late, and not always where one looks first."""
        play = self.play
        drawn = play.chance.random()
        folder = Folder.JUNK if drawn < 0.2 else Folder.ARCHIVE if drawn < 0.3 else Folder.INBOX
        play.tally.sometimes(how)
        for copy in range(play.chance.choice((1, 1, 1, 2))):
            delay = play.chance.choice((0.0, 0.0, 3.0, 600.0)) if copy else 0.0
            play.later(delay, lambda: self._deliver(person, dot.mailbox, raw, folder))
        if stops:
            play.later(0.0, lambda: self._note(person, dot.mailbox, raw, how))
        if concerns_all:
            play.later(0.0, lambda: tell_colleagues(play, person, dot.mailbox, raw))

    def _deliver(self, person: Person, mailbox: str, raw: bytes, folder: Folder) -> None:
        self.providers[mailbox].inbox.deliver(raw, folder)
        self.play.unread[mailbox] = self.play.true.seconds
        self.play.record.tell(f"a mail of {person.address} reaches {mailbox}")
        self.play.wake(within_s=70.0)

    def _note(self, person: Person, mailbox: str, raw: bytes, how: str) -> None:
        upto = self.play.newest_enrollment()
        person.answers.append(Answer(self.play.true.seconds, how, upto, raw, mailbox))

    # By other ways.

    def click(self, person: Person, dot: Dot) -> None:
        """The page of the opt-out link."""
        self._opt_out(person, dot, "opt-out link")

    def one_click(self, person: Person, dot: Dot) -> None:
        """The one-click request of RFC 8058, perhaps sent twice."""
        self._opt_out(person, dot, "one-click opt-out")
        self._opt_out(person, dot, "one-click opt-out")

    def _opt_out(self, person: Person, dot: Dot, how: str) -> None:
        now = self.play.now
        done = self.play.commit(opt_out, self.play.desk, quoted(dot).token, how, now)
        if done is None:
            self.play.later(900.0, lambda: self._opt_out(person, dot, how))
            return
        number, known = done
        if not known and self.play.record.holds:  # an enrollment that was forgotten: asked again
            self.play.later(900.0, lambda: self._opt_out(person, dot, how))
            return
        if not known and dot.number in self.play.record.lost:
            return
        if not known:
            self.play.record.violated(f"I3: the opt-out link of {person.address} was not accepted")
        self.play.stopped(person, how, number=number, for_ever=True)

    def book(self, person: Person, dot: Dot) -> None:
        """A meeting, through the link in the mail."""
        self.bookings.book(person, quoted(dot).token)
