"""A report that a mail to a rep came back: a person has to tell the rep."""

from datetime import datetime
from typing import Final

from sequencer.engine.handover_trouble import tell_of_trouble
from sequencer.mail.sent_mail import read_sent
from sequencer.mail.verdict import Verdict
from sequencer.store import notices
from sequencer.store.database import Connection

MOST_LOOKED_AT: Final = 50  # mails to one address, the newest
MOST_FAILED: Final = 5  # recipients of a report; a mail of ours has one
_HEAD: Final = 64 * 1024  # octets of a mail in which its Message-ID is


def came_back(connection: Connection, verdict: Verdict, now: datetime) -> bool:
    """Whether a person hears of it; only of a report that names the very mail."""
    report = verdict.report
    if report is None or not report.original_message_id:
        return False
    for failed in report.failed[:MOST_FAILED]:
        for notice in notices.handed_to(connection, failed.address, MOST_LOOKED_AT):
            if report.original_message_id in read_sent(notice.data[:_HEAD]).message_ids:
                why = f"it came back: {failed.diagnostic or failed.status or 'no reason given'}"
                tell_of_trouble(connection, notice, why, now)
                return True
    return False
