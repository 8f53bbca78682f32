import pytest

from sequencer.mail.bounce_class import BounceClass as C
from sequencer.mail.refusal_words import HINTS, REFUSALS
from sequencer.mail.status_code import Codes, classify_status, codes_in, wants_less


@pytest.mark.parametrize(
    ("enhanced", "expected"),
    [
        ("5.1.0", C.HARD),
        ("5.1.1", C.HARD),
        ("5.1.2", C.HARD_DOMAIN),
        ("5.1.3", C.HARD),
        ("5.1.6", C.HARD),
        ("5.1.7", C.AUTH_CONFIG),
        ("5.1.8", C.BLOCK),
        ("5.1.10", C.HARD),
        ("5.1.90", C.QUOTA_SENDER),
        ("5.2.1", C.HARD),
        ("5.2.2", C.SOFT),
        ("5.2.3", C.BLOCK),
        ("5.2.122", C.THROTTLE),
        ("5.3.4", C.BLOCK),
        ("5.4.1", C.SOFT),
        ("5.4.4", C.HARD_DOMAIN),
        ("5.4.6", C.SOFT),
        ("5.4.14", C.SOFT),
        ("5.4.310", C.HARD_DOMAIN),
        ("5.5.2", C.BLOCK),
        ("5.6.0", C.BLOCK),
        ("5.7.1", C.POLICY_RECIPIENT),
        ("5.7.13", C.HARD),
        ("5.7.25", C.BLOCK),
        ("5.7.26", C.BLOCK),
        ("5.7.40", C.BLOCK),
        ("5.7.57", C.AUTH_CONFIG),
        ("5.7.133", C.POLICY_RECIPIENT),
        ("5.7.139", C.AUTH_CONFIG),
        ("5.7.505", C.HARD),
        ("5.7.509", C.BLOCK),
        ("5.7.515", C.BLOCK),
        ("5.7.606", C.BLOCK),
        ("5.7.708", C.BLOCK),
        ("5.7.910", C.POLICY_RECIPIENT),
        ("5.7.99", C.POLICY_RECIPIENT),
        ("5.7.232", C.QUOTA_SENDER),
        ("5.8.1", C.POLICY_RECIPIENT),
        ("4.2.2", C.SOFT),
        ("4.3.2", C.SOFT),
        ("4.4.7", C.SOFT),
        ("4.7.1", C.THROTTLE),
        ("4.7.28", C.THROTTLE),
        ("4.7.650", C.THROTTLE),
        ("4.7.23", C.BLOCK),
        ("4.7.26", C.BLOCK),
        ("4.7.32", C.BLOCK),
        ("4.7.40", C.BLOCK),
        ("5.7.28", C.BLOCK),
    ],
)
def test_enhanced(enhanced: str, expected: C) -> None:
    """An enhanced code alone has the class of the table."""
    code = 550 if enhanced.startswith("5") else 450
    assert classify_status(code, enhanced, "") is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (421, C.THROTTLE),
        (450, C.SOFT),
        (452, C.SOFT),
        (454, C.AUTH_CONFIG),
        (530, C.AUTH_CONFIG),
        (535, C.AUTH_CONFIG),
        (550, C.POLICY_RECIPIENT),
        (552, C.SOFT),
        (554, C.BLOCK),
        (556, C.HARD_DOMAIN),
        (571, C.POLICY_RECIPIENT),
        (None, C.SOFT),
    ],
)
def test_code(code: int | None, expected: C) -> None:
    """A code alone says little, and never by itself that an address is dead."""
    for enhanced in ("", "5.0.0", "5.1", "5.x.y"):
        assert classify_status(code, enhanced, "") is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        # Gmail
        ("550-5.1.1 The email account that you tried to reach does not exist.", C.HARD),
        ("550 5.2.1 The email account that you tried to reach is inactive. DisabledUser", C.HARD),
        ("550 5.2.1 The user is receiving email at a rate that prevents delivery", C.THROTTLE),
        ("450-4.2.1 The user you are trying to contact is receiving email too quickly", C.THROTTLE),
        ("452-4.2.2 The recipient's inbox is out of storage space.", C.SOFT),
        ("552-5.2.2 The recipient's inbox is out of storage space and inactive.", C.HARD),
        ("550 5.4.5 Daily user sending limit exceeded.", C.QUOTA_SENDER),
        ("550 5.7.1 Daily SMTP relay limit exceeded for user", C.QUOTA_SENDER),
        ("534 5.7.9 Application-specific password required.", C.AUTH_CONFIG),
        ("535 5.7.8 Username and Password not accepted.", C.AUTH_CONFIG),
        ("550 5.7.1 very low reputation of the sending domain", C.BLOCK),
        ("550-5.7.26 Unauthenticated email from x.example is not accepted", C.BLOCK),
        ("550 5.7.1 refused by a rule of the domain - gcdp", C.POLICY_RECIPIENT),
        ("553 5.1.2 We weren't able to find the recipient domain. domain not found", C.HARD_DOMAIN),
        # Microsoft
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", C.HARD),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", C.HARD),
        ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)", C.HARD),
        ("550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", C.POLICY_RECIPIENT),
        ("550 5.2.2 STOREDRV; submission quota exceeded", C.QUOTA_SENDER),
        ("432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", C.THROTTLE),
        (
            "550 5.7.708 Service unavailable. Access denied, traffic not accepted",
            C.BLOCK,
        ),
        (
            "550 5.7.139 Authentication unsuccessful, basic authentication is disabled",
            C.AUTH_CONFIG,
        ),
        # Yahoo, Mimecast, others
        ("554 delivery error: dd This user doesn't have a yahoo.com account", C.HARD),
        ("421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume", C.THROTTLE),
        ("554 5.7.9 Message not accepted for policy reasons.", C.BLOCK),
        ("553 5.7.1 [BL21] Connections not accepted, listed by Spamhaus", C.BLOCK),
        ("451 Internal resources are temporarily unavailable", C.THROTTLE),
        ("550 Administrative prohibition - envelope blocked", C.POLICY_RECIPIENT),
        ("550 Invalid Recipient", C.HARD),
        ("451 4.7.1 Greylisting in action, please come back later", C.THROTTLE),
        ("550 5.1.1 <x@y.example>: Recipient address rejected: User unknown", C.HARD),
        ("550 5.7.1 <x@y.example>: Relay access denied", C.AUTH_CONFIG),
        ("550 5.4.4 Host or domain name not found. Host not found", C.HARD_DOMAIN),
        ("450 4.4.3 Host or domain name not found. Host not found, try again", C.SOFT),
        ("450 4.1.1 <x@y.example>: User unknown", C.SOFT),
        ("550 5.7.28 unusual rate of unsolicited mail", C.BLOCK),
        ("421 4.7.28 unusual rate of mail from your IP", C.THROTTLE),
        ("421-4.7.26 This mail is unauthenticated", C.BLOCK),
        ("454 4.7.0 Too many login attempts, please try again later.", C.AUTH_CONFIG),
        ("530 5.7.0 Must issue a STARTTLS command first", C.AUTH_CONFIG),
        ("534-5.7.9 Please log in with your web browser", C.AUTH_CONFIG),
        ("550 5.2.1 The message was quarantined", C.BLOCK),
        (
            "550 5.7.30 Basic authentication is not supported for Client Submission.",
            C.AUTH_CONFIG,
        ),
        ("550 5.7.30 DKIM did not pass", C.BLOCK),
        (
            "550 5.7.1 RESOLVER.RST.AuthenticationRequired; authentication required",
            C.POLICY_RECIPIENT,
        ),
        ("550 5.4.1 Relay access denied", C.HARD_DOMAIN),
        ("550 5.4.1 no answer from host", C.SOFT),
        ("550 5.7.501 Access denied, spam abuse detected", C.BLOCK),
        ("550 5.7.232 tenant external recipient rate limit", C.QUOTA_SENDER),
        ("554 5.2.0 STOREDRV.Submission.Exception; submission quota exceeded", C.QUOTA_SENDER),
        ("432 4.3.2 Concurrent connections limit exceeded", C.THROTTLE),
        ("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", C.THROTTLE),
        ("550 5.2.121 Recipient's per hour message receive limit exceeded", C.THROTTLE),
        ("550 SC-001 Mail rejected by Outlook.com", C.BLOCK),
        ("550 5.7.1 Unfortunately, messages weren't sent. (S3140)", C.BLOCK),
        ("421 RP-001 too many at once", C.THROTTLE),
        ("421 4.7.1 [TS03] All messages from 192.0.2.1 permanently deferred", C.BLOCK),
        ("554 5.7.9 [PH01] Email not accepted", C.BLOCK),
        ("451 Message temporarily deferred due to unresolvable RFC.5321 from domain", C.BLOCK),
        ("550 Rejected by header-based Anti-Spoofing policy", C.BLOCK),
        ("554 5.4.7 Delivery expired, message too long in the queue", C.SOFT),
    ],
)
def test_answers(answer: str, expected: C) -> None:
    """Real answers have the class that their provider means."""
    codes = codes_in(answer)
    assert classify_status(codes.code, codes.enhanced, answer) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("421 4.7.28 unusual rate", True),
        ("450 4.7.28 unusual rate", True),
        ("421 4.3.2 service not available", True),
        ("432 4.3.2 Concurrent connections limit exceeded", True),
        ("450 4.7.1 rate limit exceeded", True),
        ("451 4.7.500 server busy", True),
        ("432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", False),
        ("450 4.2.0 Greylisted", False),
        ("451 4.7.1 Greylisting in action", False),
        ("451 4.7.1 please try again later", False),
        ("450 4.2.1 receiving email too quickly", False),
        ("550 5.2.1 receiving email at a rate that prevents delivery", False),
        ("451 Internal resources are temporarily unavailable", False),
        ("450 try again later", False),
        ("550 5.1.1 user unknown", False),
        ("250 2.0.0 rate limit exceeded", False),
        ("rate limit exceeded", False),
    ],
)
def test_wants_less(answer: str, *, expected: bool) -> None:
    """A throttle of the mailbox is told from one that is about a single recipient."""
    codes = codes_in(answer)
    assert wants_less(codes.code, codes.enhanced, answer) is expected


def test_temporary_is_never_dead() -> None:
    """Only a permanent refusal says that an address is dead, by its code before all else."""
    assert classify_status(None, "4.1.1", "user unknown") is C.SOFT
    assert classify_status(550, "4.1.1", "user unknown") is C.HARD
    assert classify_status(450, "5.1.1", "") is C.SOFT


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("smtp; 550 5.1.1 unknown", Codes(550, "5.1.1")),
        ("550-5.7.26 x\n550 5.7.26 y", Codes(550, "5.7.26")),
        ("host 192.0.2.5.1.1 said: 451 no", Codes(451, "")),
        ("10.5.1.1 5.1.1.10", Codes(None, "")),
        ("#5.1.1", Codes(None, "5.1.1")),
        ("550", Codes(550, "")),
        ("15501 550x 650 200 5.1.1.", Codes(None, "5.1.1")),
        ("", Codes(None, "")),
    ],
)
def test_codes_in(text: str, codes: Codes) -> None:
    """Codes are told from addresses of hosts and from other numbers."""
    assert codes_in(text) == codes


def test_words_are_normal() -> None:
    """Words of the table can be found at all: small letters, single spaces, each once."""
    words = [entry for _, entries in (*REFUSALS, *HINTS) for entry in entries]
    assert all(entry == " ".join(entry.lower().split()) or entry == "spf " for entry in words)
    assert len(words) == len(set(words))


def test_permanent() -> None:
    """Two classes say that the address is dead."""
    assert [found for found in C if found.is_permanent] == [C.HARD, C.HARD_DOMAIN]
