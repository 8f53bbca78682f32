"""The first schema."""

import sqlalchemy as sa
from alembic import op

from sequencer.store.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "account",
        sa.Column("account_key", sa.String(length=320), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_key", name=op.f("pk_account")),
    )
    op.create_table(
        "approval",
        sa.Column("plan", sa.String(length=128), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("plan", "by", name=op.f("pk_approval")),
    )
    op.create_table(
        "busy",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("calendar", sa.String(length=128), nullable=False),
        sa.Column("rep", sa.String(length=128), nullable=False),
        sa.Column("uid", sa.String(length=2000), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy")),
    )
    with op.batch_alter_table("busy", schema=None) as batch_op:
        batch_op.create_index("ix_busy_calendar", ["calendar"], unique=False)
        batch_op.create_index("ix_busy_rep_ends_at", ["rep", "ends_at"], unique=False)

    op.create_table(
        "cadence_version",
        sa.Column("hash", sa.String(length=128), nullable=False),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("title", sa.String(length=2000), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("templates", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_cadence_version")),
    )
    with op.batch_alter_table("cadence_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cadence_version_slug"), ["slug"], unique=False)

    op.create_table(
        "capability",
        sa.Column("mailbox", sa.String(length=128), nullable=False),
        sa.Column("server", sa.String(length=2000), nullable=False),
        sa.Column("probed_at", UtcDateTime(), nullable=False),
        sa.Column("keeps_sent_copy", sa.Boolean(), nullable=True),
        sa.Column("keeps_message_id", sa.Boolean(), nullable=True),
        sa.Column("keeps_custom_header", sa.Boolean(), nullable=True),
        sa.Column("sent_search_lag_s", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=2000), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_capability")),
    )
    op.create_table(
        "daemon",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_daemon")),
    )
    op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("held_since", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.Column("lost_since", UtcDateTime(), nullable=True),
        sa.Column("earlier", sa.String(length=2000), nullable=False),
        sa.Column("reconciled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    op.create_table(
        "hook",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("delivery_key", sa.String(length=128), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("problem", sa.String(length=2000), nullable=False),
        sa.Column("again_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook")),
        sa.UniqueConstraint("source", "delivery_key", name=op.f("uq_hook_source_delivery_key")),
    )
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hook_state"), ["state"], unique=False)

    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("synced_at", UtcDateTime(), nullable=True),
        sa.Column("holder", sa.String(length=128), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "notice",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("once_key", sa.String(length=2000), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("mailbox", sa.String(length=128), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("once_key", name=op.f("uq_notice_once_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_waits",
            ["mailbox", "due_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "outside_look",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("mark", sa.String(length=2000), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("again_at", UtcDateTime(), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outside_look")),
    )
    op.create_table(
        "prospect",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("domain_key", sa.String(length=320), nullable=False),
        sa.Column("account_key", sa.String(length=320), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect")),
        sa.UniqueConstraint("email_key", name=op.f("uq_prospect_email_key")),
    )
    with op.batch_alter_table("prospect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prospect_account_key"), ["account_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_prospect_domain_key"), ["domain_key"], unique=False)

    op.create_table(
        "seen_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("calendar", sa.String(length=128), nullable=False),
        sa.Column("event_key", sa.String(length=2000), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_event")),
        sa.UniqueConstraint("calendar", "event_key", name=op.f("uq_seen_event_calendar_event_key")),
    )
    with op.batch_alter_table("seen_event", schema=None) as batch_op:
        batch_op.create_index("ix_seen_event_event_key", ["event_key"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("mailbox", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=320), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("renewed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("claim", sa.String(length=128), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("trouble", sa.String(length=2000), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("rests_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "suppression",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("again_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_suppression_kind_key")),
    )
    op.create_table(
        "variant_stop",
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("step_id", sa.String(length=128), nullable=False),
        sa.Column("variant", sa.String(length=128), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=2000), nullable=False),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("slug", "step_id", "variant", name=op.f("pk_variant_stop")),
    )
    op.create_table(
        "alias",
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_alias_prospect_id")
        ),
        sa.PrimaryKeyConstraint("email_key", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_prospect_id"), ["prospect_id"], unique=False)

    op.create_table(
        "application",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("version_hash", sa.String(length=128), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=2000), nullable=False),
        sa.Column("plan", sa.String(length=128), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["cadence_version.hash"], name=op.f("fk_application_version_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_slug_id", ["slug", "id"], unique=False)

    op.create_table(
        "cadence",
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("version_hash", sa.String(length=128), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("draining_since", UtcDateTime(), nullable=True),
        sa.Column("drained_by", sa.String(length=2000), nullable=True),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("most_people", sa.Integer(), nullable=True),
        sa.Column("limited_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["cadence_version.hash"], name=op.f("fk_cadence_version_hash")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_cadence")),
    )
    op.create_table(
        "enrollment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("version_hash", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("step_id", sa.String(length=128), nullable=True),
        sa.Column("pause_reason", sa.String(length=128), nullable=True),
        sa.Column("resume_at", UtcDateTime(), nullable=True),
        sa.Column("remaining_s", sa.Integer(), nullable=True),
        sa.Column("finish_reason", sa.String(length=128), nullable=True),
        sa.Column("mailbox", sa.String(length=128), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("enrolled_by", sa.String(length=2000), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_enrollment_prospect_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["cadence_version.hash"], name=op.f("fk_enrollment_version_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
        sa.UniqueConstraint("key", name=op.f("uq_enrollment_key")),
    )
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_enrollment_carried",
            ["mailbox", "pause_reason", "id"],
            unique=False,
            sqlite_where=sa.text("state <> 'finished'"),
            postgresql_where=sa.text("state <> 'finished'"),
        )
        batch_op.create_index(
            batch_op.f("ix_enrollment_prospect_id"), ["prospect_id"], unique=False
        )
        batch_op.create_index(
            "ix_enrollment_slug_activated_at", ["slug", "activated_at"], unique=False
        )
        batch_op.create_index(
            "ix_enrollment_slug_state_starts_at", ["slug", "state", "starts_at"], unique=False
        )
        batch_op.create_index("ix_enrollment_state_resume_at", ["state", "resume_at"], unique=False)
        batch_op.create_index(
            "uq_enrollment_live",
            ["prospect_id", "slug"],
            unique=True,
            sqlite_where=sa.text("state <> 'finished'"),
            postgresql_where=sa.text("state <> 'finished'"),
        )

    op.create_table(
        "folder",
        sa.Column("mailbox", sa.String(length=128), nullable=False),
        sa.Column("folder", sa.String(length=128), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name=op.f("fk_folder_mailbox")),
        sa.PrimaryKeyConstraint("mailbox", "folder", name=op.f("pk_folder")),
    )
    op.create_table(
        "touch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(length=128), nullable=False),
        sa.Column("direction", sa.String(length=128), nullable=False),
        sa.Column("mailbox", sa.String(length=128), nullable=True),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("domain_key", sa.String(length=320), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_touch_prospect_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch")),
        sa.UniqueConstraint("source", name=op.f("uq_touch_source")),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index("ix_touch_mailbox_at", ["mailbox", "at"], unique=False)
        batch_op.create_index("ix_touch_prospect_id_at", ["prospect_id", "at"], unique=False)

    op.create_table(
        "crossing",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("from_hash", sa.String(length=128), nullable=False),
        sa.Column("to_hash", sa.String(length=128), nullable=False),
        sa.Column("last_send_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_crossing_enrollment_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_hash"], ["cadence_version.hash"], name=op.f("fk_crossing_from_hash")
        ),
        sa.ForeignKeyConstraint(
            ["to_hash"], ["cadence_version.hash"], name=op.f("fk_crossing_to_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossing")),
    )
    with op.batch_alter_table("crossing", schema=None) as batch_op:
        batch_op.create_index("ix_crossing_enrollment_id_at", ["enrollment_id", "at"], unique=False)

    op.create_table(
        "inbound",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("mailbox", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("folder", sa.String(length=128), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=2000), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("matched_by", sa.String(length=128), nullable=False),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_inbound_enrollment_id")
        ),
        sa.ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name=op.f("fk_inbound_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint(
            "mailbox",
            "folder",
            "uidvalidity",
            "uid",
            name=op.f("uq_inbound_mailbox_folder_uidvalidity_uid"),
        ),
    )
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_digest", ["mailbox", "digest"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inbound_enrollment_id"), ["enrollment_id"], unique=False
        )
        batch_op.create_index(
            "ix_inbound_kept",
            ["stored_at"],
            unique=False,
            sqlite_where=sa.text("raw IS NOT NULL"),
            postgresql_where=sa.text("raw IS NOT NULL"),
        )

    op.create_table(
        "ledger",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("mailbox", sa.String(length=128), nullable=True),
        sa.Column("step_id", sa.String(length=128), nullable=True),
        sa.Column("detail", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_ledger_enrollment_id")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_ledger_prospect_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_prospect_id"), ["prospect_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("meeting_key", sa.String(length=2000), nullable=False),
        sa.Column("previous_key", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("tz", sa.String(length=128), nullable=False),
        sa.Column("title", sa.String(length=2000), nullable=False),
        sa.Column("event_type", sa.String(length=2000), nullable=False),
        sa.Column("link", sa.String(length=2000), nullable=False),
        sa.Column("place", sa.String(length=2000), nullable=False),
        sa.Column("host", sa.String(length=320), nullable=False),
        sa.Column("cancelled_by", sa.String(length=128), nullable=False),
        sa.Column("cancel_reason", sa.String(length=2000), nullable=False),
        sa.Column("uid", sa.String(length=2000), nullable=False),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("credited_by", sa.String(length=128), nullable=False),
        sa.Column("moved_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.String(length=2000), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_meeting_enrollment_id")
        ),
        sa.ForeignKeyConstraint(
            ["moved_to"],
            ["meeting.id"],
            name=op.f("fk_meeting_moved_to"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_meeting_prospect_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("source", "meeting_key", name=op.f("uq_meeting_source_meeting_key")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_enrollment_id"), ["enrollment_id"], unique=False
        )
        batch_op.create_index(
            "ix_meeting_moved_to",
            ["moved_to"],
            unique=False,
            sqlite_where=sa.text("moved_to IS NOT NULL"),
            postgresql_where=sa.text("moved_to IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_meeting_prospect_id"), ["prospect_id"], unique=False)
        batch_op.create_index("ix_meeting_state_starts_at", ["state", "starts_at"], unique=False)

    op.create_table(
        "send",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("step_id", sa.String(length=128), nullable=False),
        sa.Column("mailbox", sa.String(length=128), nullable=False),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("runs", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=2000), nullable=True),
        sa.Column("subject", sa.String(length=2000), nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("variant", sa.String(length=128), nullable=True),
        sa.Column("template_hash", sa.String(length=128), nullable=True),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("tz", sa.String(length=128), nullable=True),
        sa.Column("synced_at", UtcDateTime(), nullable=True),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_send_enrollment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send")),
        sa.UniqueConstraint("enrollment_id", "step_id", name=op.f("uq_send_enrollment_id_step_id")),
    )
    with op.batch_alter_table("send", schema=None) as batch_op:
        batch_op.create_index(
            "ix_send_first_touch",
            ["slug", "handed_at", "follow_up"],
            unique=False,
            sqlite_where=sa.text("NOT follow_up AND handed_at IS NOT NULL"),
            postgresql_where=sa.text("NOT follow_up AND handed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_send_handed_at",
            ["mailbox", "handed_at"],
            unique=False,
            sqlite_where=sa.text("handed_at IS NOT NULL"),
            postgresql_where=sa.text("handed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_send_under_way",
            ["state", "mailbox"],
            unique=False,
            sqlite_where=sa.text("state IN ('claimed', 'handed', 'unknown', 'parked')"),
            postgresql_where=sa.text("state IN ('claimed', 'handed', 'unknown', 'parked')"),
        )
        batch_op.create_index(
            "ix_send_variant",
            ["slug", "enrollment_id"],
            unique=False,
            sqlite_where=sa.text("variant IS NOT NULL"),
            postgresql_where=sa.text("variant IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_send_waits",
            ["mailbox", "follow_up", "due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'deferred') AND runs"),
            postgresql_where=sa.text("state IN ('queued', 'deferred') AND runs"),
        )
        batch_op.create_index(
            "uq_send_message_id",
            ["message_id"],
            unique=True,
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )

    op.create_table(
        "attempt",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("send_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=128), nullable=False),
        sa.Column("phase", sa.String(length=128), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("enhanced", sa.String(length=128), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_attempt_send_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_send_id"), ["send_id"], unique=False)

    op.create_table(
        "booking_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("event_key", sa.String(length=128), nullable=False),
        sa.Column("meeting_key", sa.String(length=2000), nullable=False),
        sa.Column("previous_key", sa.String(length=2000), nullable=False),
        sa.Column("uid", sa.String(length=2000), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_booking_event_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_event")),
        sa.UniqueConstraint("source", "event_key", name=op.f("uq_booking_event_source_event_key")),
    )
    with op.batch_alter_table("booking_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_booking_event_meeting_id"), ["meeting_id"], unique=False
        )
        batch_op.create_index(
            "ix_booking_event_meeting_key", ["source", "meeting_key"], unique=False
        )
        batch_op.create_index(
            "ix_booking_event_previous_key", ["source", "previous_key"], unique=False
        )
        batch_op.create_index(
            "ix_booking_event_uid",
            ["uid"],
            unique=False,
            sqlite_where=sa.text("uid <> ''"),
            postgresql_where=sa.text("uid <> ''"),
        )

    op.create_table(
        "follow_up",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("did", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_follow_up_enrollment_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_follow_up_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_follow_up_prospect_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index("ix_follow_up_meeting_id", ["meeting_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_prospect_id"), ["prospect_id"], unique=False)
        batch_op.create_index("ix_follow_up_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "handover",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("rep", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("because", sa.String(length=2000), nullable=False),
        sa.Column("uid", sa.String(length=2000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("answer_by_at", UtcDateTime(), nullable=True),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_handover_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("key", name=op.f("uq_handover_key")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index("ix_handover_offered_at", ["offered_at"], unique=False)
        batch_op.create_index("ix_handover_rep_offered_at", ["rep", "offered_at"], unique=False)
        batch_op.create_index(
            "ix_handover_state_answer_by_at", ["state", "answer_by_at"], unique=False
        )
        batch_op.create_index("ix_handover_state_remind_at", ["state", "remind_at"], unique=False)
        batch_op.create_index("ix_handover_uid", ["uid"], unique=False)

    op.create_table(
        "send_bytes",
        sa.Column("send_id", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_send_bytes_send_id")),
        sa.PrimaryKeyConstraint("send_id", name=op.f("pk_send_bytes")),
    )
    op.create_table(
        "task",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "prospect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("step_id", sa.String(length=128), nullable=True),
        sa.Column(
            "inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=128), nullable=False),
        sa.Column("assignee", sa.String(length=128), nullable=False),
        sa.Column("title", sa.String(length=2000), nullable=False),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("skip_at", UtcDateTime(), nullable=True),
        sa.Column("disposition", sa.String(length=128), nullable=True),
        sa.Column("outcome", sa.String(length=128), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_task_enrollment_id")
        ),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_task_inbound_id")),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospect.id"], name=op.f("fk_task_prospect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("enrollment_id", "step_id", name=op.f("uq_task_enrollment_id_step_id")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_inbound_id",
            ["inbound_id"],
            unique=False,
            sqlite_where=sa.text("inbound_id IS NOT NULL"),
            postgresql_where=sa.text("inbound_id IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_task_prospect_id"), ["prospect_id"], unique=False)
        batch_op.create_index(
            "ix_task_state_assignee_due_at", ["state", "assignee", "due_at"], unique=False
        )
        batch_op.create_index(
            "ix_task_state_looked_at_due_at", ["state", "looked_at", "due_at"], unique=False
        )
        batch_op.create_index("ix_task_state_skip_at", ["state", "skip_at"], unique=False)

    op.create_table(
        "triage_deed",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("did", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_triage_deed_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_triage_deed")),
    )
    op.create_table(
        "triage_hold",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("stand", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_triage_hold_enrollment_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_triage_hold_task_id")),
        sa.PrimaryKeyConstraint("task_id", "enrollment_id", name=op.f("pk_triage_hold")),
    )
    with op.batch_alter_table("triage_hold", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_triage_hold_enrollment_id"), ["enrollment_id"], unique=False
        )


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("triage_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_triage_hold_enrollment_id"))

    op.drop_table("triage_hold")
    op.drop_table("triage_deed")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_state_skip_at")
        batch_op.drop_index("ix_task_state_looked_at_due_at")
        batch_op.drop_index("ix_task_state_assignee_due_at")
        batch_op.drop_index(batch_op.f("ix_task_prospect_id"))
        batch_op.drop_index(
            "ix_task_inbound_id",
            sqlite_where=sa.text("inbound_id IS NOT NULL"),
            postgresql_where=sa.text("inbound_id IS NOT NULL"),
        )

    op.drop_table("task")
    op.drop_table("send_bytes")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index("ix_handover_uid")
        batch_op.drop_index("ix_handover_state_remind_at")
        batch_op.drop_index("ix_handover_state_answer_by_at")
        batch_op.drop_index("ix_handover_rep_offered_at")
        batch_op.drop_index("ix_handover_offered_at")
        batch_op.drop_index(batch_op.f("ix_handover_meeting_id"))

    op.drop_table("handover")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index("ix_follow_up_state_due_at")
        batch_op.drop_index(batch_op.f("ix_follow_up_prospect_id"))
        batch_op.drop_index("ix_follow_up_meeting_id")

    op.drop_table("follow_up")
    with op.batch_alter_table("booking_event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_booking_event_uid",
            sqlite_where=sa.text("uid <> ''"),
            postgresql_where=sa.text("uid <> ''"),
        )
        batch_op.drop_index("ix_booking_event_previous_key")
        batch_op.drop_index("ix_booking_event_meeting_key")
        batch_op.drop_index(batch_op.f("ix_booking_event_meeting_id"))

    op.drop_table("booking_event")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_send_id"))

    op.drop_table("attempt")
    with op.batch_alter_table("send", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_send_message_id",
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_send_waits",
            sqlite_where=sa.text("state IN ('queued', 'deferred') AND runs"),
            postgresql_where=sa.text("state IN ('queued', 'deferred') AND runs"),
        )
        batch_op.drop_index(
            "ix_send_variant",
            sqlite_where=sa.text("variant IS NOT NULL"),
            postgresql_where=sa.text("variant IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_send_under_way",
            sqlite_where=sa.text("state IN ('claimed', 'handed', 'unknown', 'parked')"),
            postgresql_where=sa.text("state IN ('claimed', 'handed', 'unknown', 'parked')"),
        )
        batch_op.drop_index(
            "ix_send_handed_at",
            sqlite_where=sa.text("handed_at IS NOT NULL"),
            postgresql_where=sa.text("handed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_send_first_touch",
            sqlite_where=sa.text("NOT follow_up AND handed_at IS NOT NULL"),
            postgresql_where=sa.text("NOT follow_up AND handed_at IS NOT NULL"),
        )

    op.drop_table("send")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_state_starts_at")
        batch_op.drop_index(batch_op.f("ix_meeting_prospect_id"))
        batch_op.drop_index(
            "ix_meeting_moved_to",
            sqlite_where=sa.text("moved_to IS NOT NULL"),
            postgresql_where=sa.text("moved_to IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_meeting_enrollment_id"))

    op.drop_table("meeting")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_prospect_id"))

    op.drop_table("ledger")
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbound_kept",
            sqlite_where=sa.text("raw IS NOT NULL"),
            postgresql_where=sa.text("raw IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_inbound_enrollment_id"))
        batch_op.drop_index("ix_inbound_digest")

    op.drop_table("inbound")
    with op.batch_alter_table("crossing", schema=None) as batch_op:
        batch_op.drop_index("ix_crossing_enrollment_id_at")

    op.drop_table("crossing")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index("ix_touch_prospect_id_at")
        batch_op.drop_index("ix_touch_mailbox_at")

    op.drop_table("touch")
    op.drop_table("folder")
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_enrollment_live",
            sqlite_where=sa.text("state <> 'finished'"),
            postgresql_where=sa.text("state <> 'finished'"),
        )
        batch_op.drop_index("ix_enrollment_state_resume_at")
        batch_op.drop_index("ix_enrollment_slug_state_starts_at")
        batch_op.drop_index("ix_enrollment_slug_activated_at")
        batch_op.drop_index(batch_op.f("ix_enrollment_prospect_id"))
        batch_op.drop_index(
            "ix_enrollment_carried",
            sqlite_where=sa.text("state <> 'finished'"),
            postgresql_where=sa.text("state <> 'finished'"),
        )

    op.drop_table("enrollment")
    op.drop_table("cadence")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_slug_id")

    op.drop_table("application")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alias_prospect_id"))

    op.drop_table("alias")
    op.drop_table("variant_stop")
    op.drop_table("suppression")
    op.drop_table("sign_in")
    with op.batch_alter_table("seen_event", schema=None) as batch_op:
        batch_op.drop_index("ix_seen_event_event_key")

    op.drop_table("seen_event")
    with op.batch_alter_table("prospect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prospect_domain_key"))
        batch_op.drop_index(batch_op.f("ix_prospect_account_key"))

    op.drop_table("prospect")
    op.drop_table("outside_look")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notice_waits",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("notice")
    op.drop_table("mailbox")
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hook_state"))

    op.drop_table("hook")
    op.drop_table("epoch")
    op.drop_table("daemon")
    op.drop_table("capability")
    with op.batch_alter_table("cadence_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cadence_version_slug"))

    op.drop_table("cadence_version")
    with op.batch_alter_table("busy", schema=None) as batch_op:
        batch_op.drop_index("ix_busy_rep_ends_at")
        batch_op.drop_index("ix_busy_calendar")

    op.drop_table("busy")
    op.drop_table("approval")
    op.drop_table("account")
