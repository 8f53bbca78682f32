"""The daemon on a copy of the world: what happens there is what would happen."""

from datetime import timedelta

from builders import NOON, a_prospect
from stage import SLUG, a_loaded, a_policy

from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.simulation.foresight import Foresight
from sequencer.store import prospects, schema
from sequencer.store.memory import MemoryDatabase

ZOE = "zoe@bank.example"


def _foresight() -> Foresight:
    """One person in the cadence of three mails, three and five days apart."""
    database = MemoryDatabase()
    schema.upgrade(database)
    desk = Desk(a_policy())
    apply_cadences(database, [a_loaded()], NOON)
    with database.write() as connection:
        prospects.upsert(connection, [a_prospect(email=ZOE)], NOON)
    [answer] = enroll(database, desk, Enrolment(SLUG, [ZOE], "test"), lambda: f"{1:032x}", NOON)
    assert answer.enrolled
    return Foresight(database, desk, NOON)


def test_somebody_silent_gets_every_mail() -> None:
    """Three mails leave, at their due times and no later, and then there is nothing left to do."""
    world = _foresight()
    world.run(NOON + timedelta(days=60))
    days = [left.at - NOON for left in world.left]
    assert days == [timedelta(0), timedelta(days=3), timedelta(days=8)]
    assert world.clock.now() < NOON + timedelta(days=10)


def test_somebody_who_answers_gets_no_more() -> None:
    """A mail that comes in is read by the daemon's own rules."""
    world = _foresight()
    reply = f"From: {ZOE}\r\nTo: ana@seller.example\r\nSubject: Re: x\r\n\r\nTell me more.\r\n"
    world.at(NOON + timedelta(days=1), lambda: world.deliver("ana", reply.encode()))
    world.run(NOON + timedelta(days=60))
    assert len(world.left) == 1
