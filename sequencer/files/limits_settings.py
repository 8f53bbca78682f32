"""Settings of the limits that hold for all mailboxes together."""

from pydantic import Field

from sequencer.files.section import Section

MOST = 10_000


class LimitsSettings(Section):
    """What one company and one person are sent at most, from whatever mailbox and cadence."""

    per_domain: int | None = Field(
        default=5,
        ge=1,
        le=MOST,
        description="Mails to one company, by the domain of its addresses, in any 24 hours; `null` "
        "for no limit. Domains at which anybody may have an address are no companies.",
    )
    per_person_day: int | None = Field(
        default=2,
        ge=1,
        le=MOST,
        description="Mails to one person in any 24 hours, those sent by hand among them; `null` "
        "for no limit.",
    )
    per_person_week: int | None = Field(
        default=5,
        ge=1,
        le=MOST,
        description="The same in any seven days.",
    )
