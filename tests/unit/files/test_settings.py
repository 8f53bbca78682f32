from pathlib import Path

import pytest

from sequencer.files.problem import ConfigError, Problem
from sequencer.files.settings import Settings, load_settings
from sequencer.mail.server import Security

CANARY = "hunter2-canary"
ONE = """\
mailboxes:
  ana:
    address: ana@sales.example
    name: Ana Ruiz
    provider: google_workspace
"""
OWN = """\
mailboxes:
  ana:
    address: ana@sales.example
    name: Ana Ruiz
    smtp: {host: smtp.sales.example}
    imap: {host: imap.sales.example}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return tmp_path


def load(root: Path, text: str, **environ: str) -> Settings:
    (root / "config/sequencer.yaml").write_text(text)
    return load_settings(root, environ)


def problems(root: Path, text: str, **environ: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as raised:
        load(root, text, **environ)
    assert CANARY not in str(raised.value)
    return raised.value.problems


def said(root: Path, text: str, **environ: str) -> str:
    [problem] = problems(root, text, **environ)
    place = f"{problem.line}:{problem.column} " if problem.line else f"{problem.file}: "
    return place + problem.message


def test_defaults(root: Path) -> None:
    """An empty file is valid: everything has a value that works on this machine."""
    settings = load(root, "")
    assert settings.database == f"sqlite:///{root}/.sequencer/sequencer.db"
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8025)
    assert settings.web.public_url == "http://127.0.0.1:8025"
    assert settings.workspace.timezone == "UTC"
    sending = settings.sending
    assert (sending.freshness_s, sending.poll_s, sending.settle_minutes) == (120, 60, 15)
    assert settings.mailboxes == {}
    assert settings.keys() == ()


def test_no_file(root: Path) -> None:
    """A folder that is no workspace is told how to become one."""
    with pytest.raises(ConfigError) as raised:
        load_settings(root, {})
    assert "sequencer init" in raised.value.problems[0].hint


def test_gmail(root: Path) -> None:
    """The provider's name is enough for servers, Sent copy and sign-in name."""
    ana = load(root, ONE).mailboxes["ana"]
    assert (ana.smtp.host, ana.smtp.port, ana.smtp.tls) == ("smtp.gmail.com", 587, "starttls")
    assert (ana.imap.host, ana.imap.port, ana.imap.tls) == ("imap.gmail.com", 993, "tls")
    assert ana.keeps_sent_copy is None  # that is learned
    assert (ana.username, ana.auth, ana.password) == ("ana@sales.example", "password", None)
    assert (ana.per_day, ana.gap_s, ana.timezone) == (50, 90, "")


def test_microsoft_with_oauth(root: Path) -> None:
    """A client id is all that OAuth at a known provider needs in the file."""
    text = ONE.replace("google_workspace", "microsoft_365") + "    oauth: {client_id: abc}\n"
    ana = load(root, text, SEQUENCER_MAILBOXES__ANA__OAUTH__CLIENT_SECRET=CANARY).mailboxes["ana"]
    assert ana.smtp.host == "smtp.office365.com"
    assert ana.imap.host == "outlook.office365.com"
    assert ana.auth == "xoauth2"
    assert ana.oauth is not None
    assert ana.oauth.token_url.startswith("https://login.microsoftonline.com/")
    assert "offline_access" in ana.oauth.scope
    assert ana.oauth.client_secret is not None
    assert ana.oauth.client_secret.get_secret_value() == CANARY


@pytest.mark.parametrize(
    ("smtp", "port"),
    [
        ("host: smtp.sales.example", 465),
        ("host: smtp.sales.example, tls: starttls", 587),
        ("host: smtp.sales.example, tls: starttls, port: 2525", 2525),
        ("host: 127.0.0.1, tls: plain", 25),
        ("host: localhost, tls: plain, port: 1025", 1025),
    ],
)
def test_own_server(root: Path, smtp: str, port: int) -> None:
    """The port follows from the kind of TLS unless it is written."""
    ana = load(root, OWN.replace("host: smtp.sales.example", smtp)).mailboxes["ana"]
    assert ana.smtp.port == port
    assert ana.imap.port == 993
    assert ana.keeps_sent_copy is None


def test_preset_can_be_overruled(root: Path) -> None:
    """What is written wins over what is known of the provider."""
    text = ONE + "    smtp: {tls: tls}\n    keeps_sent_copy: false\n    username: me\n"
    ana = load(root, text).mailboxes["ana"]
    assert (ana.smtp.host, ana.smtp.port, ana.smtp.tls) == ("smtp.gmail.com", 465, Security.TLS)
    assert ana.keeps_sent_copy is False
    assert ana.username == "me"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web: {prot: 1}\n", "1:7 unknown key `prot`"),
        ("web: {port: 70000}\n", "1:13 `web.port`: at most 65535"),
        ("web: {port: abc}\n", "1:13 `web.port`: a whole number is expected, not `abc`"),
        ("web: {public_url: ftp://x}\n", "1:19 `web.public_url`: an address that begins with htt"),
        ("web: 8025\n", "1:6 `web`: a mapping"),
        ("sending: {settle_minutes: 14}\n", "1:27 `sending.settle_minutes`: at least 15"),
        ("workspace: {timezone: Europe/Madird}\n", "1:23 `workspace.timezone`: there is no such"),
        ("workspace: {timezone: CET}\n", "1:23 `workspace.timezone`: there is no such time zone"),
        ("database: mysql://x\n", "1:11 `database`: the address of a database is expected"),
        ("database: postgres-x://h/d\n", "1:11 `database`: the address of a database is expecte"),
        ("prospect_fields: [Deal Size]\n", "1:19 `prospect_fields[1]`: lower-case letters"),
        ("prospect_fields: [company]\n", "1:19 `prospect_fields[1]`: `company` is a field of ev"),
        ("prospect_fields: [sender]\n", "1:19 `prospect_fields[1]`: `sender` means something el"),
        ("- a\n", "1:1 a mapping"),
        (ONE.replace("ana@sales", "ana@sales@"), "3:14 `mailboxes.ana.address`: this is no e-mai"),
        (ONE.replace("    name: Ana Ruiz\n", ""), "2:3 the key `name` is missing in `mailboxes."),
        (ONE.replace("Ana Ruiz", '"Ana\\nBcc: x"'), "4:11 `mailboxes.ana.name`: one line without"),
        (ONE.replace("google_workspace", "gogle"), "5:15 `mailboxes.ana.provider`: one of `goo"),
        (ONE.replace("ana:", "A_na:"), "2:3 `mailboxes.A_na`: lower-case letters, digits, hyphe"),
        (
            ONE.replace("    provider: google_workspace\n", ""),
            "2:3 `mailboxes.ana`: a mailbox of provider `o",
        ),
        (ONE + "    auth: xoauth2\n", "2:3 `mailboxes.ana`: `auth: xoauth2` needs `oauth`"),
        (OWN + "    oauth: {client_id: a}\n", "2:3 `mailboxes.ana`: a mailbox of provider `other"),
        (ONE + "    per_day: -1\n", "6:14 `mailboxes.ana.per_day`: at least 0"),
        (ONE + "    smtp: {tls: none}\n", "6:17 `mailboxes.ana.smtp.tls`: one of `tls`"),
        (ONE + "    smtp: {tls: plain}\n", "6:5 `mailboxes.ana.smtp`: `plain` is only for a serv"),
        (ONE + "    smtp: 25\n", "6:11 `mailboxes.ana.smtp`: a mapping"),
        ("mailboxes: [ana]\n", "1:12 `mailboxes`: a mapping"),
        ("mailboxes: {ana: 1}\n", "1:18 `mailboxes.ana`: a mapping"),
    ],
)
def test_mistakes(root: Path, text: str, expected: str) -> None:
    """Each mistake has its place and says what was expected."""
    found = problems(root, text)
    shown = [f"{each.line}:{each.column} {each.message}" for each in found]
    assert any(each.startswith(expected) for each in shown), shown


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        (f"{ONE}    password: {CANARY}\n", "SEQUENCER_MAILBOXES__ANA__PASSWORD"),
        (
            f"{ONE}    oauth: {{client_id: a, client_secret: {CANARY}}}\n",
            "SEQUENCER_MAILBOXES__ANA__OAUTH__CLIENT_SECRET",
        ),
        (
            f"oauth: {{google: {{client_id: a, client_secret: {CANARY}}}}}\n",
            "SEQUENCER_OAUTH__GOOGLE__CLIENT_SECRET",
        ),
        (f"secret_keys: [{CANARY}]\n", "SEQUENCER_SECRET_KEYS"),
        (f"secret_keys:\n  - {CANARY}\n", "SEQUENCER_SECRET_KEYS"),
        (f"hooks: {{calendly: {{signing_keys: [{CANARY}]}}}}\n", "SIGNING_KEYS"),
        (f"database: postgresql://me:{CANARY}@host/db\n", "SEQUENCER_DATABASE"),
    ],
)
def test_secrets_do_not_belong_into_the_file(root: Path, text: str, variable: str) -> None:
    """A secret in the file is refused with the way to give it, and is not repeated."""
    [problem] = problems(root, text)
    assert "does not belong into this file" in problem.message
    assert variable in problem.hint
    assert "_FILE" in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}    password: '{CANARY}\n",
        f"{ONE}    password: [{CANARY}\n",
        f"{ONE}    password: &a {CANARY}\n",
        f"{ONE}    password: {{a: {CANARY}}}\n",
        f"{ONE}    password: {CANARY}\n    password: {CANARY}\n",
        f"{ONE}    pasword: {CANARY}\n",
        f"secret_keys: {CANARY}\n",
        f"hooks: {{calendly: {{signing_keys: {CANARY}}}}}\n",
        f"hooks: {{calendly: {{signing_key: {CANARY}}}}}\n",
    ],
)
def test_secret_in_a_broken_place(root: Path, text: str) -> None:
    """However wrong the line with a secret is, the message about it does not show the secret."""
    assert problems(root, text)


def test_environment_wins(root: Path) -> None:
    """A variable overrules the file, value by value."""
    settings = load(
        root,
        f"web: {{port: 1, host: localhost}}\n{ONE}",
        SEQUENCER_WEB__PORT="8026",
        SEQUENCER_MAILBOXES__ANA__PER_DAY="7",
        SEQUENCER_MAILBOXES__ANA__KEEPS_SENT_COPY="false",
        SEQUENCER_MAILBOXES__ANA__PASSWORD=CANARY,
        SEQUENCER_PROSPECT_FIELDS="deal_size, source",
        OTHER_VARIABLE="is not ours",
    )
    assert (settings.web.port, settings.web.host) == (8026, "localhost")
    ana = settings.mailboxes["ana"]
    assert (ana.per_day, ana.keeps_sent_copy) == (7, False)
    assert ana.password is not None
    assert ana.password.get_secret_value() == CANARY
    assert settings.prospect_fields == ("deal_size", "source")


def test_nothing_prints_a_secret(root: Path) -> None:
    """Settings can be printed and logged without a secret in them."""
    settings = load(
        root,
        ONE,
        SEQUENCER_MAILBOXES__ANA__PASSWORD=CANARY,
        SEQUENCER_SECRET_KEYS=f"{CANARY}{CANARY}",
        SEQUENCER_HOOKS__CALENDLY__SIGNING_KEYS=CANARY,
        SEQUENCER_DATABASE=f"postgresql://me:{CANARY}@host/db",
    )
    assert CANARY not in f"{settings!r} {settings}"
    assert settings.keys() == (f"{CANARY}{CANARY}",)


def test_secret_from_a_file(root: Path) -> None:
    """`..._FILE` names a file; the line end at its end is no part of the secret."""
    (root / "ana.secret").write_text(f"{CANARY}\n")
    (root / "keys").write_text("newest-key-0123456789\noldest-key-0123456789\n")
    settings = load(
        root,
        ONE,
        SEQUENCER_MAILBOXES__ANA__PASSWORD_FILE=str(root / "ana.secret"),
        SEQUENCER_SECRET_KEYS_FILE=str(root / "keys"),
    )
    password = settings.mailboxes["ana"].password
    assert password is not None
    assert password.get_secret_value() == CANARY
    assert settings.keys() == ("newest-key-0123456789", "oldest-key-0123456789")


def test_database_from_a_file(root: Path) -> None:
    """The address of a database may hold a password, so it may come from a file too."""
    (root / "db").write_text("postgresql://me:pw@host/db\n")
    settings = load(root, "", SEQUENCER_DATABASE_FILE=str(root / "db"))
    assert settings.database == "postgresql+psycopg://me:pw@host/db"


def test_key_of_the_workspace(root: Path) -> None:
    """Where the environment gives no keys, those that `init` made are taken."""
    (root / ".sequencer").mkdir()
    (root / ".sequencer/secret.key").write_text("0123456789abcdef0123\n")
    assert load(root, "").keys() == ("0123456789abcdef0123",)
    other = "fedcba9876543210fedc"
    assert load(root, "", SEQUENCER_SECRET_KEYS=other).keys() == (other,)


def test_short_key_of_the_workspace(root: Path) -> None:
    """A key that could be guessed is refused, and the file that holds it is named."""
    (root / ".sequencer").mkdir()
    (root / ".sequencer/secret.key").write_text("short\n")
    found = said(root, "")
    assert found == ".sequencer/secret.key: `secret_keys[1]`: a key has at least 16 characters"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("WEB__PROT", "1", "WEB__PROT names no setting: there is no `prot`"),
        ("WBE__PORT", "1", "WBE__PORT names no setting: there is no `wbe`"),
        ("WEB", "1", "WEB names no single setting"),
        ("WEB__", "1", "WEB__ names no setting: there is no ``"),
        ("WEB__PORT__X", "1", "WEB__PORT__X names no setting"),
        ("MAILBOXES", "1", "MAILBOXES names no single setting"),
        ("MAILBOXES__ANA", "1", "MAILBOXES__ANA names no single setting"),
        ("MAILBOXES__ANNA__PASSWORD", CANARY, "MAILBOXES__ANNA__PASSWORD: there is no mailbox `a"),
        ("MAILBOXES__ANA__PASWORD", CANARY, "MAILBOXES__ANA__PASWORD names no setting: there is"),
        ("WEB__PORT", "x", "WEB__PORT: `web.port`: a whole number is expected, not `x`"),
        ("WEB__PORT_FILE", "x", "WEB__PORT_FILE is not possible: only secrets come from files"),
        ("MAILBOXES__ANA__PASSWORD_FILE", "/nope", "MAILBOXES__ANA__PASSWORD_FILE: the file can"),
        ("MAILBOXES__ANA__TOKEN_COMMAND", "a 'b", "MAILBOXES__ANA__TOKEN_COMMAND is no command"),
        ("SECRET_KEYS", "short", "SECRET_KEYS: `secret_keys[1]`: a key has at least 16"),
    ],
)
def test_environment_mistakes(root: Path, variable: str, value: str, expected: str) -> None:
    """A variable that is wrong is named; no typing error goes unnoticed."""
    assert said(root, ONE, **{f"SEQUENCER_{variable}": value}).startswith(
        f"environment: SEQUENCER_{expected}"
    )


def test_same_secret_twice(root: Path) -> None:
    """A secret given both ways is a mistake: nobody could tell which one counts."""
    found = said(
        root,
        ONE,
        SEQUENCER_MAILBOXES__ANA__PASSWORD=CANARY,
        SEQUENCER_MAILBOXES__ANA__PASSWORD_FILE=__file__,
    )
    assert "give the same setting" in found


def test_binary_secret_file(root: Path) -> None:
    """A secret file that is no text is refused without showing what it holds."""
    (root / "secret").write_bytes(b"\xff\xfe" + CANARY.encode())
    found = said(root, ONE, SEQUENCER_MAILBOXES__ANA__PASSWORD_FILE=str(root / "secret"))
    assert "is not UTF-8" in found


def test_other_variables_of_ours(root: Path) -> None:
    """Options of the command line and of the tests are no settings and no mistakes."""
    found = load(root, "", SEQUENCER_WORKSPACE="/x", SEQUENCER_REQUIRE_SERVERS="1")
    assert found == load(root, "")


def test_names_with_hyphens(root: Path) -> None:
    """A variable reaches a mailbox whose name it cannot spell."""
    text = ONE.replace("ana:", "ana-ruiz:")
    settings = load(root, text, SEQUENCER_MAILBOXES__ANA_RUIZ__GAP_S="5")
    assert settings.mailboxes["ana-ruiz"].gap_s == 5


def test_mailbox_from_the_environment_alone(root: Path) -> None:
    """A mailbox need not stand in the file."""
    settings = load(
        root,
        "",
        SEQUENCER_MAILBOXES__BOB__ADDRESS="bob@sales.example",
        SEQUENCER_MAILBOXES__BOB__NAME="Bob",
        SEQUENCER_MAILBOXES__BOB__PROVIDER="google_workspace",
        SEQUENCER_MAILBOXES__BOB__PASSWORD=CANARY,
    )
    assert settings.mailboxes["bob"].imap.host == "imap.gmail.com"


def test_token_command(root: Path) -> None:
    """A command is cut as a shell does, or written as a list."""
    variable = "SEQUENCER_MAILBOXES__ANA__TOKEN_COMMAND"
    ana = load(root, ONE, **{variable: "oauth2 --user 'Ana Ruiz'"}).mailboxes["ana"]
    assert (ana.token_command, ana.auth) == (("oauth2", "--user", "Ana Ruiz"), "xoauth2")
    written = load(root, ONE + "    token_command: [oauth2, ana]\n").mailboxes["ana"]
    assert written.token_command == ("oauth2", "ana")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///state.db", "sqlite:///{root}/state.db"),
        ("sqlite:////var/lib/state.db", "sqlite:////var/lib/state.db"),
        ("sqlite:///state.db?timeout=5", "sqlite:///{root}/state.db?timeout=5"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgres://me@host/db", "postgresql+psycopg://me@host/db"),
        ("postgresql:///db?host=/run/pg", "postgresql+psycopg:///db?host=/run/pg"),
        ("postgresql://me@[::1]:5432/db", "postgresql+psycopg://me@[::1]:5432/db"),
        ("postgresql://me@host/db", "postgresql+psycopg://me@host/db"),
        ("postgresql+psycopg://me@host/db", "postgresql+psycopg://me@host/db"),
    ],
)
def test_database(root: Path, url: str, expected: str) -> None:
    """Paths lie in the workspace, and PostgreSQL is spoken to through psycopg."""
    assert load(root, f"database: '{url}'\n").database == expected.format(root=root)


@pytest.mark.parametrize(
    ("web", "expected"),
    [
        ("host: 0.0.0.0, port: 80", "http://127.0.0.1:80"),
        ("host: '::1'", "http://[::1]:8025"),
        ("host: desk.sales.example", "http://desk.sales.example:8025"),
        ("public_url: https://go.sales.example/", "https://go.sales.example"),
    ],
)
def test_public_url(root: Path, web: str, expected: str) -> None:
    """Without an address of its own the pages are where the server listens."""
    assert load(root, f"web: {{{web}}}\n").web.public_url == expected


def test_ca_file(root: Path) -> None:
    """A certificate's path is relative to the workspace."""
    assert load(root, ONE + "    ca_file: ca.pem\n").mailboxes["ana"].ca_file == f"{root}/ca.pem"


def test_settings_cannot_change(root: Path) -> None:
    """Settings are read once; nothing changes them afterwards."""
    settings = load(root, ONE)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]  # the mistake under test


def test_all_problems_at_once(root: Path) -> None:
    """File and environment are checked in one go."""
    text = f"wbe: {{}}\nsending: {{poll_s: x}}\n{ONE}    password: {CANARY}\n"
    found = problems(root, text, SEQUENCER_WEB__PROT="1", SEQUENCER_WEB__PORT="x")
    assert [(each.file, each.line) for each in found] == [
        ("config/sequencer.yaml", 1),
        ("config/sequencer.yaml", 2),
        ("config/sequencer.yaml", 8),
        ("environment", None),
        ("environment", None),
    ]
