"""Settings of the second pair of eyes: from when on a plan needs somebody else's word."""

from pydantic import Field

from sequencer.files.section import Section


class ApprovalSettings(Section):
    """When `sequencer apply` waits for somebody else to agree."""

    above_mails: int | None = Field(
        default=None,
        ge=0,
        le=10_000_000,
        description="A plan after which more mails than this may come to people who go over to a "
        "new version is applied only when somebody else has agreed to it (`sequencer approve`); "
        "`null` for never.",
    )
