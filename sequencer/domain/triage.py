"""What a person may decide about a mail that the rules were not sure of."""

from enum import StrEnum


class Decision(StrEnum):
    """What the mail means; everything but `nothing` and `absence` is a stop."""

    REPLY = "reply"
    NOTHING = "nothing"
    ABSENCE = "absence"
    OPT_OUT = "opt-out"
    COMPANY_OPT_OUT = "company-opt-out"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    MEETING = "meeting"


# What the mail then is, in the words of the verdicts; `nothing` leaves it what it was taken for.
KIND_OF = {
    Decision.REPLY: "reply",
    Decision.ABSENCE: "auto_reply",
    Decision.OPT_OUT: "opt_out",
    Decision.COMPANY_OPT_OUT: "opt_out",
    Decision.BOUNCE: "bounce",
    Decision.COMPLAINT: "complaint",
    Decision.MEETING: "calendar",
}
