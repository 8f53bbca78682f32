import pytest

from sequencer.domain.reason import Reason
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (SuppressionReason.OPTED_OUT, Reason.OPTED_OUT),
        (SuppressionReason.BOUNCED, Reason.BOUNCED_BEFORE),
        (SuppressionReason.COMPLAINED, Reason.COMPLAINED_BEFORE),
        (SuppressionReason.MANUAL, Reason.SUPPRESSED_ADDRESS),
        (SuppressionReason.UNREACHABLE, Reason.UNREACHABLE),
    ],
)
def test_refused_as(reason: SuppressionReason, code: Reason) -> None:
    """An address is refused for the reason it was suppressed for, a domain as a domain."""
    address = Suppression(SuppressionKind.ADDRESS, "zoe@bank.example", reason)
    domain = Suppression(SuppressionKind.DOMAIN, "bank.example", reason)
    assert address.refused_as is code
    assert domain.refused_as is Reason.SUPPRESSED_DOMAIN


def test_every_reason_has_a_code() -> None:
    """A reason that is added later needs a code."""
    for reason in SuppressionReason:
        assert Suppression(SuppressionKind.ADDRESS, "a@b.example", reason).refused_as in Reason
