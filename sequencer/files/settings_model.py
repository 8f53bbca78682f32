"""The settings of a workspace and the form of their values; the reference page is made from it."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, model_validator

from sequencer.domain.booking_link import BookingTool
from sequencer.domain.prospect import FIELDS
from sequencer.files import names
from sequencer.files.api_key_settings import MAX_API_KEYS, ApiKeySettings, each_its_own
from sequencer.files.approval_settings import ApprovalSettings
from sequencer.files.country_law import NEED_A_RECORD
from sequencer.files.handover_settings import HandoverSettings
from sequencer.files.hook_settings import HookSettings
from sequencer.files.limits_settings import LimitsSettings
from sequencer.files.mailbox_settings import Email, Line, MailboxSettings, WebAddress, Zone
from sequencer.files.oauth_settings import ClientsSettings, with_clients
from sequencer.files.region_cell import country_of
from sequencer.files.rep_settings import MAX_REPS, RepSettings
from sequencer.files.section import Section
from sequencer.files.settings_form import booking_host, database_url
from sequencer.files.value_settings import MAX_VALUES, AccountField

SETTLE_MINUTES = 15  # longer than the ten minutes that a server may take to answer the final dot
MIN_KEY = 16  # characters of a key that signs opt-out links
MAX_MAILBOXES = 1_000
MAX_POOLS = 200
MAX_BOOKING_HOSTS = 50
MAX_TEST_RECIPIENTS = 100
TEMPLATE_WORDS = frozenset({"booking_link", "sender", "unsubscribe_url", "loop", "range"})


def _new_field(text: str) -> str:
    if text in FIELDS:
        raise ValueError(f"`{text}` is a field of every prospect already")
    if text in TEMPLATE_WORDS:
        raise ValueError(f"`{text}` means something else in templates")
    return names.field_name(text)


def _key(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < MIN_KEY:
        raise ValueError(f"a key has at least {MIN_KEY} characters")
    return key


Key = Annotated[SecretStr, AfterValidator(_key)]


BookingHost = Annotated[str, AfterValidator(booking_host)]


class WorkspaceSettings(Section):
    """Who we are."""

    name: str = Field(default="", max_length=200, description="What people call the workspace.")
    timezone: Zone = Field(
        default="UTC",
        min_length=1,
        description="Zone for those of whom, and of whose mailbox, none is known.",
    )
    postal_address: str = Field(
        default="", max_length=500, description="Below every mail, as many countries demand."
    )


class WebSettings(Section):
    """The web pages, the opt-out links and the hooks of booking tools."""

    host: Line = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8025, ge=0, le=65_535, description="Port to listen on; 0: any free.")
    public_url: WebAddress = Field(
        default="",
        description="How the world reaches us: opt-out links begin with it. By default "
        "http://<host>:<port>, which works on this machine alone.",
    )
    api_keys: Annotated[
        dict[Annotated[str, AfterValidator(names.field_name)], ApiKeySettings],
        AfterValidator(each_its_own),
    ] = Field(
        default_factory=dict,
        max_length=MAX_API_KEYS,
        description="Who may use the API and the page of meetings, by a short name.",
    )


class SendingSettings(Section):
    """How mailboxes are watched while mails leave."""

    freshness_s: int = Field(
        default=120, ge=30, le=3_600, description="How old the last scan may be when a mail leaves."
    )
    poll_s: int = Field(
        default=60, ge=5, le=3_600, description="How often a mailbox is scanned at least."
    )
    settle_minutes: int = Field(
        default=SETTLE_MINUTES,
        ge=SETTLE_MINUTES,
        le=1_440,
        description="How long a mail in doubt rests before the Sent folder is searched for it.",
    )
    probe: bool = Field(
        default=True,
        description="Send one mail from each new mailbox to itself, to learn whether its provider "
        "files copies in Sent. Without it, `sequencer mailbox check` does that.",
    )


class ReplySettings(Section):
    """What is made of answers."""

    absence_days: int = Field(
        default=14,
        ge=1,
        le=90,
        description="How long somebody is left alone who is away and does not say until when.",
    )
    absence_most_days: int = Field(
        default=60,
        ge=1,
        le=400,
        description="A longer absence is not waited for: a task asks whether to write to somebody "
        "else, and nothing leaves before a person has decided.",
    )
    confirm_opt_out: bool = Field(
        default=False,
        description="Confirm an opt-out that came as an answer, by one mail and never a second.",
    )
    keep_mail_days: int = Field(
        default=365,
        ge=1,
        le=3_650,
        description="How long the bytes of answers are kept; what was made of them stays.",
    )


class ConsentSettings(Section):
    """Where the law wants a consent."""

    countries: tuple[Annotated[str, AfterValidator(country_of)], ...] = Field(
        default=NEED_A_RECORD,
        max_length=300,
        description="Countries in which nobody is written to whose column `consent` is empty; it "
        "holds when and how it was given. The default is a careful reading of the laws, and no "
        "advice. Without a country, that of a national domain counts.",
    )


class Settings(Section):
    """config/sequencer.yaml with the environment on top."""

    workspace: WorkspaceSettings = Field(
        default_factory=WorkspaceSettings, description="Who we are."
    )
    database: Annotated[str, AfterValidator(database_url)] = Field(
        default="sqlite:///.sequencer/sequencer.db",
        repr=False,
        description="Where everything is stored: an SQLite file, relative to the workspace, or "
        "postgresql://user@host/name.",
    )
    web: WebSettings = Field(default_factory=WebSettings, description="The web pages.")
    secret_keys: tuple[Key, ...] = Field(
        default=(),
        description="Keys that sign opt-out links and seal stored sign-ins, the newest first; keep "
        "the old ones. By default the file .sequencer/secret.key.",
    )
    sending: SendingSettings = Field(
        default_factory=SendingSettings, description="How mailboxes are watched."
    )
    replies: ReplySettings = Field(
        default_factory=ReplySettings, description="What is made of answers."
    )
    approval: ApprovalSettings = Field(
        default_factory=ApprovalSettings,
        description="When a plan needs somebody else's word before it is applied.",
    )
    limits: LimitsSettings = Field(
        default_factory=LimitsSettings, description="What a company and a person are sent at most."
    )
    consent: ConsentSettings = Field(
        default_factory=ConsentSettings, description="Where the law wants a consent."
    )
    hooks: HookSettings = Field(default_factory=HookSettings, description="Booking tools.")
    oauth: ClientsSettings = Field(
        default_factory=ClientsSettings, description="Sign-in by OAuth, for all mailboxes."
    )
    booking_hosts: dict[BookingHost, BookingTool] = Field(
        default_factory=dict,
        max_length=MAX_BOOKING_HOSTS,
        description="Hosts of your own that serve the booking pages of a tool, such as "
        "`book.acme.example: calcom`: links to them carry our token as the tool wants it.",
    )
    prospect_fields: tuple[Annotated[str, AfterValidator(_new_field)], ...] = Field(
        default=(),
        description="Columns of your lists beyond the usual ones, for use in templates.",
    )
    account_fields: tuple[AccountField, ...] = Field(
        default=(),
        max_length=MAX_VALUES,
        description="What `sequencer import --accounts` brings of companies: `tier` is "
        "`{{ account.tier }}` in templates.",
    )
    test_recipients: tuple[Email, ...] = Field(
        default=(),
        max_length=MAX_TEST_RECIPIENTS,
        description="Addresses besides those of the mailboxes and the reps that `sequencer "
        "send-test` may write to.",
    )
    mailboxes: dict[Annotated[str, AfterValidator(names.name)], MailboxSettings] = Field(
        default_factory=dict,
        max_length=MAX_MAILBOXES,
        description="Accounts to send from, by a short name.",
    )
    pools: dict[
        Annotated[str, AfterValidator(names.name)],
        Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_MAILBOXES)],
    ] = Field(
        default_factory=dict,
        max_length=MAX_POOLS,
        description="Mailboxes that write together, by a short name: `madrid: [ana, luis]`. A "
        "cadence names the pool, and follows when a mailbox is added here.",
    )
    handover: HandoverSettings = Field(
        default_factory=HandoverSettings, description="How meetings are given to reps."
    )
    reps: dict[Annotated[str, AfterValidator(names.name)], RepSettings] = Field(
        default_factory=dict,
        max_length=MAX_REPS,
        description="Who takes meetings, by a short name, as in the column `owner`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _clients(cls, written: Any) -> Any:
        """What was written, each mailbox with the application that it signs in with."""
        return with_clients(written)

    def keys(self) -> tuple[str, ...]:
        """The secret keys in the clear, the newest first."""
        return tuple(key.get_secret_value() for key in self.secret_keys)
