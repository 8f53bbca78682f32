"""Access tokens that all processes of all hosts share, over both kinds of database."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOON
from fakes.virtual_clock import VirtualClock
from stage import a_policy

from sequencer.adapters.seal import KeySealer
from sequencer.engine.desk import Desk
from sequencer.engine.kept_token import KeptToken, Pair, Vault, sealed_pair, tokens_of
from sequencer.engine.world import World
from sequencer.mail.sign_in import Grant, SignInNeededError, TokenError
from sequencer.store import sign_ins
from sequencer.store.database import Database
from sequencer.store.sign_ins import Claim, StoredSignIn, Tokens
from sequencer.store.tables import SignInRow

ANA = "ana@seller.example"
KEY = b"a new key, as long as any"
HOUR = timedelta(hours=1)


@dataclass
class Provider:
    """Renews, and takes the second use of a refresh token for a theft."""

    good: str = "refresh-0"
    life_s: float = 3_600.0
    ends_s: float | None = None
    rotates: bool = True
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    after: Callable[[], None] = lambda: None
    again: str = ""

    async def renew(self, refresh_token: str) -> Grant:
        self.asked.append(refresh_token)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        if refresh_token != self.good:
            raise SignInNeededError("The provider refused a token: invalid_grant (400).")
        if self.rotates:
            self.good = f"refresh-{len(self.asked)}"
        self.after()
        given = self.good if self.rotates else ""
        access = self.again or f"access-{len(self.asked)}"
        return Grant(access, given, self.life_s, self.ends_s)


@dataclass
class Office:
    """A database, its clock, and as many processes as are wanted."""

    database: Database
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    provider: Provider = field(default_factory=Provider)
    keys: int = 0

    def __post_init__(self) -> None:
        for engine in {self.database._writer, self.database._reader}:
            engine.update_execution_options(sequencer_clock=self.clock.now)

    def new_key(self) -> str:
        self.keys += 1
        return f"key {self.keys}"

    def vault(self, *keys: bytes) -> Vault:
        return Vault(self.database, KeySealer(keys or (KEY,)), self.clock, self.new_key)

    def source(self, *keys: bytes, address: str = ANA) -> KeptToken:
        """A process."""
        return KeptToken("ana", address, self.provider, self.vault(*keys))

    def sign_in(self, life_s: float = 3_600.0, ends_s: float | None = None) -> None:
        grant = Grant("access-0", self.provider.good, life_s, ends_s)
        sealed = sealed_pair(KeySealer([KEY]), "ana", Pair(grant.refresh_token, "access-0"))
        over_at = self.clock.now() + timedelta(seconds=life_s)
        tokens = replace(tokens_of(grant, sealed, self.clock.now()), expires_at=over_at)
        with self.database.write() as connection:
            sign_ins.put(connection, "ana", ANA, tokens)

    def stored(self) -> StoredSignIn:
        with self.database.read() as connection:
            found = sign_ins.find(connection, "ana")
        assert found is not None
        return found

    def stored_pair(self) -> str:
        return KeySealer([KEY]).unseal(self.stored().sealed, "sign-in of ana")


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    yield Office(database)
    for engine in {database._writer, database._reader}:
        engine.update_execution_options(sequencer_clock=None)


async def test_signed_in_just_now(office: Office) -> None:
    """The token of a new sign-in is used as it is, by everybody."""
    office.sign_in()
    assert {await office.source()() for _ in range(3)} == {"access-0"}
    assert office.provider.asked == []


async def test_nobody_has_signed_in(office: Office) -> None:
    """A mailbox without a sign-in says which command helps."""
    with pytest.raises(SignInNeededError, match=f"sequencer mailbox login {ANA}"):
        await office.source()()


async def test_another_address(office: Office) -> None:
    """What somebody signed in to before the mailbox got another address is not used."""
    office.sign_in()
    with pytest.raises(SignInNeededError, match="has had another address"):
        await office.source(address="other@seller.example")()


async def test_renewed_in_time(office: Office) -> None:
    """A token is renewed five to ten minutes before its end, and kept until then."""
    office.sign_in()
    token = office.source()
    await token()
    office.clock.advance(HOUR - timedelta(minutes=10))
    assert await token() == "access-0"
    office.clock.advance(timedelta(minutes=5, seconds=1))
    assert await token() == "access-1"
    assert office.provider.asked == ["refresh-0"]
    assert office.stored().expires_at == office.clock.now() + HOUR


async def test_short_life(office: Office) -> None:
    """A token that lives for two minutes is not renewed at each use."""
    office.provider.life_s = 240.0
    office.sign_in(life_s=0)
    token = office.source()
    assert [await token(), await token()] == ["access-1", "access-1"]
    office.clock.advance(timedelta(seconds=121))
    assert await token() == "access-2"


async def test_absurd_life(office: Office) -> None:
    """A token that is over as soon as it was given is used all the same, until it is refused."""
    office.provider.life_s = 0.001
    office.sign_in(life_s=0)
    token = office.source()
    assert [await token(), await token()] == ["access-1", "access-1"]
    assert await token("access-1") == "access-2"
    assert len(office.provider.asked) == 2


async def test_others_read_what_one_has_renewed(office: Office) -> None:
    """Daemons and commands of all hosts, at the same moment: the provider is asked once."""
    office.sign_in(life_s=0)
    office.provider.gate = asyncio.Event()
    sources = [office.source() for _ in range(6)]
    asking = [asyncio.create_task(source()) for source in sources]
    while not office.provider.asked:
        await _turn()
    office.provider.gate.set()
    assert set(await asyncio.gather(*asking)) == {"access-1"}
    assert office.provider.asked == ["refresh-0"]
    assert office.stored().claim == ""


async def _turn() -> None:
    """Let others go on, those in threads among them."""
    await asyncio.to_thread(lambda: None)


async def test_the_old_one_does_while_another_renews(office: Office) -> None:
    """Who has a token with some minutes left does not wait for another process."""
    office.sign_in(life_s=200)
    office.clock.advance(timedelta(seconds=110))
    with office.database.write() as connection:
        claimed = Claim("ana", 1, "another")
        assert sign_ins.claim(connection, claimed, office.clock.now(), timedelta(seconds=60))
    assert await office.source()() == "access-0"
    assert office.provider.asked == []


async def test_a_process_that_died_while_it_renewed(office: Office) -> None:
    """After a minute another one goes on in its place."""
    office.sign_in(life_s=0)
    with office.database.write() as connection:
        claimed = Claim("ana", 1, "another")
        sign_ins.claim(connection, claimed, office.clock.now(), timedelta(seconds=60))
    began_at = office.clock.now()
    assert await office.source()() == "access-1"
    assert timedelta(seconds=60) <= office.clock.now() - began_at < timedelta(seconds=62)


async def test_stored_before_it_is_used(office: Office) -> None:
    """What the provider gave is in the database before anybody gets the access token."""
    office.sign_in(life_s=0)
    assert await office.source()() == "access-1"
    assert '"refresh-1"' in office.stored_pair()
    assert '"access-1"' in office.stored_pair()
    assert office.stored().version == 2


async def test_a_database_that_fails_at_that_moment(office: Office) -> None:
    """Tokens that cannot be stored are kept, used by nobody, and stored once that works again."""
    office.sign_in(life_s=0)
    token = office.source()
    with failing(office.database) as broken:
        office.provider.after = broken.append_failure
        with pytest.raises(TokenError, match="does not answer"):
            await token()
    assert '"refresh-0"' in office.stored_pair()
    office.provider.after = lambda: None
    assert await token() == "access-1"
    assert '"refresh-1"' in office.stored_pair()
    assert office.provider.asked == ["refresh-0"]


@dataclass
class Failures:
    """Whether statements fail now."""

    failing: bool = False

    def append_failure(self) -> None:
        self.failing = True


@contextmanager
def failing(database: Database) -> Iterator[Failures]:
    """A database of which no statement works once it was told so."""
    failures = Failures()

    def fail(*_said: object) -> None:
        if failures.failing:
            raise sa.exc.OperationalError("", {}, OSError("disk full"))

    sa.event.listen(database._writer, "before_cursor_execute", fail)
    try:
        yield failures
    finally:
        sa.event.remove(database._writer, "before_cursor_execute", fail)


async def test_cancelled_while_it_renews(office: Office) -> None:
    """Who is cancelled while the provider answers does not lose the new refresh token."""
    office.sign_in(life_s=0)
    gate = office.provider.gate = asyncio.Event()
    token = office.source()
    asking = asyncio.create_task(token())
    while not office.provider.asked:
        await _turn()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    gate.set()
    assert await token() == "access-1"
    assert office.provider.asked == ["refresh-0"]


async def test_cancelled_at_the_end(office: Office) -> None:
    """A process that ends waits for tokens that are on their way, whoever wanted them."""
    office.sign_in(life_s=0)
    gate = office.provider.gate = asyncio.Event()
    token = office.source()
    asking = asyncio.create_task(token())
    while not office.provider.asked:
        await _turn()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    world = World(office.database, office.clock, Desk(a_policy()), {}, tokens=[token])
    ending = asyncio.create_task(world.close())
    await _turn()
    assert not ending.done()
    gate.set()
    await ending
    assert "refresh-1" in office.stored_pair()


async def test_an_end_without_a_database(office: Office) -> None:
    """What cannot be stored keeps no process from ending."""
    office.sign_in(life_s=0)
    token = office.source()
    with failing(office.database) as failures:
        office.provider.after = failures.append_failure
        with pytest.raises(TokenError, match="does not answer"):
            await token()
        await token.end()
    assert "refresh-0" in office.stored_pair()


async def test_cancelled_and_signed_in_anew(office: Office) -> None:
    """What went wrong for somebody who was cancelled is not told to those who come later."""
    office.sign_in(life_s=0)
    office.provider.good = "another"
    gate = office.provider.gate = asyncio.Event()
    token = office.source()
    asking = asyncio.create_task(token())
    while not office.provider.asked:
        await _turn()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    gate.set()
    while not office.stored().trouble:
        await _turn()
    office.sign_in()
    assert await token() == "access-0"


async def test_refused_by_a_mail_server(office: Office) -> None:
    """A token that a server turned down is replaced, once for all who tell of it."""
    office.sign_in()
    first, second = office.source(), office.source()
    assert [await first(), await second()] == ["access-0", "access-0"]
    assert await first("access-0") == "access-1"
    assert await second("access-0") == "access-1"
    assert office.provider.asked == ["refresh-0"]


async def test_refused_and_given_again(office: Office) -> None:
    """A provider that gives the same token once more is asked once: the server has to judge."""
    office.sign_in()
    office.provider.again = "access-0"
    token = office.source()
    assert [await token(), await token("access-0")] == ["access-0", "access-0"]
    assert office.provider.asked == ["refresh-0"]


async def test_revoked(office: Office) -> None:
    """What a person has to mend is told with its command, and the provider is left alone."""
    office.sign_in(life_s=0)
    office.provider.good = "another"
    for source in (office.source(), office.source()):
        with pytest.raises(SignInNeededError, match=r"invalid_grant.*mailbox login ana@"):
            await source()
    assert len(office.provider.asked) == 1
    office.clock.advance(timedelta(minutes=10))  # an administrator may have mended it
    with pytest.raises(SignInNeededError):
        await office.source()()
    assert len(office.provider.asked) == 2


async def test_signed_in_anew(office: Office) -> None:
    """A new sign-in counts at once, in processes too that had given up."""
    office.sign_in(life_s=0)
    office.provider.good = "another"
    token = office.source()
    with pytest.raises(SignInNeededError):
        await token()
    office.sign_in()
    assert await token() == "access-0"


async def test_signed_in_while_another_renews(office: Office) -> None:
    """A renewal that was overtaken by a person's sign-in does not replace it."""
    office.sign_in(life_s=0)
    office.provider.life_s = 100_000.0

    def overtake() -> None:
        office.provider.good = "by-a-person"
        office.sign_in()

    office.provider.after = overtake
    assert await office.source()() == "access-0"
    assert '"by-a-person"' in office.stored_pair()


async def test_provider_is_down(office: Office) -> None:
    """While the token works nobody notices; after that it is told, and asked now and then."""
    office.sign_in(life_s=3_600)
    office.provider.error = TokenError("The provider's answer is not JSON (503).", 120.0)
    token = office.source()
    office.clock.advance(timedelta(minutes=56))
    assert await token() == "access-0"
    assert await office.source()() == "access-0"
    assert len(office.provider.asked) == 1
    office.clock.advance(timedelta(minutes=3))
    with pytest.raises(TokenError, match="503"):
        await token()
    assert len(office.provider.asked) == 2
    office.clock.advance(timedelta(seconds=119))
    with pytest.raises(TokenError, match="503"):
        await token()
    assert len(office.provider.asked) == 2
    office.provider.error = None
    office.clock.advance(timedelta(seconds=2))
    assert (await token()).startswith("access-")
    assert office.stored().trouble == ""


async def test_provider_that_does_not_rotate(office: Office) -> None:
    """A refresh token that stays is kept."""
    office.provider.rotates = False
    office.sign_in(life_s=0)
    await office.source()()
    assert '"refresh-0"' in office.stored_pair()


async def test_keys_are_rotated(office: Office) -> None:
    """The next renewal seals with the newest key; without the old one nothing can be read."""
    office.sign_in(life_s=0)
    with pytest.raises(SignInNeededError, match="not among `secret_keys`"):
        await office.source(b"a newer key than the other")()
    assert await office.source(b"a newer key than the other", KEY)() == "access-1"
    assert await office.source(b"a newer key than the other")() == "access-1"


async def test_clocks_of_hosts(office: Office) -> None:
    """A host whose clock is wrong by a day uses tokens as long as all others do."""
    office.sign_in()
    late = Vault(
        office.database, KeySealer([KEY]), VirtualClock(NOON - timedelta(days=1)), office.new_key
    )
    token = KeptToken("ana", ANA, office.provider, late)
    assert await token() == "access-0"
    assert office.provider.asked == []


async def test_end_of_the_sign_in(office: Office) -> None:
    """An end that the provider told once holds until it tells another one, or somebody signs in."""
    office.sign_in(life_s=0, ends_s=604_800)
    ends_at = NOON + timedelta(days=7)
    await office.source()()
    assert office.stored().ends_at == ends_at
    office.clock.advance(HOUR)
    office.provider.ends_s = 3_600.0
    await office.source()()
    assert office.stored().ends_at == NOON + 2 * HOUR
    office.sign_in()
    assert office.stored().ends_at is None


def test_guards(office: Office) -> None:
    """A claim is given to one, for its time; only the version that was read is renewed."""
    office.sign_in()
    now, minute = office.clock.now(), timedelta(minutes=1)
    one, two = Claim("ana", 1, "one"), Claim("ana", 1, "two")
    tokens = Tokens(b"new", now, now, None)
    with office.database.write() as connection:
        assert sign_ins.claim(connection, one, now, minute)
        assert not sign_ins.claim(connection, two, now + minute / 2, minute)
        sign_ins.note_trouble(connection, two, "not mine", now, needs_person=True)
        found = sign_ins.find(connection, "ana")
        assert found is not None
        assert (found.claim, found.trouble) == ("one", "")
        assert sign_ins.claim(connection, two, now + minute, minute)
        assert sign_ins.renew(connection, one, tokens)
        assert not sign_ins.renew(connection, two, tokens)
        assert not sign_ins.claim(connection, replace(two, mailbox="luis"), now, minute)
    found = office.stored()
    assert (found.version, found.sealed, found.trouble, found.claim) == (2, b"new", "", "")


async def test_nothing_in_the_clear(office: Office) -> None:
    """No token is in any column of the database, nor in a repr of what holds one."""
    office.sign_in(life_s=0)
    office.provider.error = TokenError("The provider cannot be reached: ConnectError.")
    with pytest.raises(TokenError):
        await office.source()()
    office.provider.error = None
    office.clock.advance(timedelta(minutes=1))
    await office.source()()
    with office.database.read() as connection:
        row = repr(connection.execute(sa.select(SignInRow.__table__)).one())
    shown = row + repr(Pair("refresh-0", "access-0"))
    assert "refresh-" not in shown
    assert "access-" not in shown
