"""Which mails of several wordings may be compared: the same season, and time enough to answer.

An answer takes days. A wording that began yesterday has none yet, and one that began in spring was
read by other people than one that began in summer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.attribution import Answered, tally
from sequencer.domain.variant_result import Tally


@dataclass(frozen=True, slots=True)
class Contender:
    """A wording that somebody may get.

    Attributes:
        texts: what names its text as it is now, in each language.
        again_at: since when it goes on, where it had been stopped.
    """

    name: str
    texts: frozenset[str]
    again_at: datetime | None = None


def comparable(
    contenders: Sequence[Contender], answered: Sequence[Answered], until: datetime
) -> list[Tally]:
    """What came of the mails with the text that each of them has now, whatever its name was then.

    Only those count that left since the last one of them began, and not after `until`.
    """
    own = [[each for each in answered if each[0].text in one.texts] for one in contenders]
    begins = [min(mail.sent_at for mail, _ in mails) for mails in own if mails]
    begins += [each.again_at for each in contenders if each.again_at is not None]
    begin = max(begins, default=until)
    return [
        tally(one.name, (signs for mail, signs in mails if begin <= mail.sent_at <= until))
        for one, mails in zip(contenders, own, strict=True)
    ]
