"""Settings of OAuth: what a provider makes known, and applications that mailboxes share."""

from pathlib import Path

import pytest

from sequencer.files.mailbox_settings import MailboxSettings
from sequencer.files.oauth_settings import OauthSettings
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings
from sequencer.files.workspace import SETTINGS

ANA = "{address: ana@sales.example, name: Ana Ruiz, provider: %s%s}"
SHARED = """\
oauth:
  google: {client_id: of-google}
  microsoft: {client_id: of-microsoft, tenant: sales.example}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / SETTINGS).parent.mkdir(parents=True)
    return tmp_path


def mailbox(root: Path, text: str, **environ: str) -> MailboxSettings:
    (root / SETTINGS).write_text(text)
    return load_settings(root, environ).mailboxes["ana"]


def written(provider: str, more: str, before: str = SHARED) -> str:
    return f"{before}mailboxes:\n  ana: {ANA % (provider, more)}\n"


def oauth(root: Path, text: str, **environ: str) -> OauthSettings:
    found = mailbox(root, text, **environ).oauth
    assert found is not None
    return found


def test_google(root: Path) -> None:
    """A mailbox that signs in by OAuth has the application of the workspace, and all addresses."""
    found = oauth(root, written("google_free", ", auth: xoauth2"))
    assert found.client_id == "of-google"
    assert found.authorize_url == "https://accounts.google.com/o/oauth2/v2/auth"
    assert found.device_url == ""  # Google hands out no device code for mail
    assert found.scope.split()[0] == "https://mail.google.com/"


def test_tenant(root: Path) -> None:
    """The tenant stands in every address of Microsoft; without one any organisation may sign in."""
    found = oauth(root, written("microsoft_365", ", auth: xoauth2"))
    for url in (found.token_url, found.authorize_url, found.device_url):
        assert url.startswith("https://login.microsoftonline.com/sales.example/oauth2/v2.0/")
    anybody = oauth(root, written("microsoft_365", ", oauth: {client_id: a}"))
    assert "/common/" in anybody.token_url
    personal = oauth(root, written("outlook_com", ", oauth: {client_id: a}"))
    assert "/consumers/" in personal.device_url


def test_own_application(root: Path) -> None:
    """An application of the mailbox itself comes without the secret of the shared one."""
    variable = {"SEQUENCER_OAUTH__GOOGLE__CLIENT_SECRET": "hush"}
    own = oauth(root, written("google_free", ", oauth: {client_id: own}"), **variable)
    assert (own.client_id, own.client_secret) == ("own", None)
    shared = oauth(
        root, written("google_free", ", oauth: {account: rep@sales.example}"), **variable
    )
    assert (shared.client_id, shared.account) == ("of-google", "rep@sales.example")
    assert shared.client_secret is not None
    assert shared.client_secret.get_secret_value() == "hush"


@pytest.mark.parametrize("more", ["", ", auth: password"])
def test_not_asked_for(root: Path, more: str) -> None:
    """A mailbox that does not ask for OAuth keeps its password, whatever is shared."""
    assert mailbox(root, written("google_free", more)).oauth is None


def test_command_wins(root: Path) -> None:
    """A mailbox whose tokens come from a command needs no application."""
    more = ", auth: xoauth2, token_command: [print-token]"
    assert mailbox(root, written("google_free", more)).oauth is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (written("zoho", ", auth: xoauth2"), "`auth: xoauth2` needs `oauth`"),
        (written("google_free", ", auth: xoauth2", ""), "`auth: xoauth2` needs `oauth`"),
        (written("google_free", ", auth: xoauth2", "oauth: 1\n"), "a mapping"),
        (written("google_free", ", auth: xoauth2", "oauth: {google: 1}\n"), "a mapping"),
        (written("gogle", ", auth: xoauth2"), "one of"),
        (written("[google]", ", auth: xoauth2"), "one of"),
        (
            written("google_free", ", oauth: {token_url: 'http://id.example/token'}"),
            "an address that begins with https://",
        ),
        (
            written("microsoft_365", ", oauth: {client_id: a, tenant: 'a/../b'}"),
            "a tenant is a domain",
        ),
        (written("google_free", ", oauth: {account: ana}"), "no e-mail address"),
    ],
)
def test_mistakes(root: Path, text: str, sentence: str) -> None:
    """Each mistake is told as such."""
    with pytest.raises(ConfigError) as caught:
        mailbox(root, text)
    assert sentence in "\n".join(each.render() for each in caught.value.problems)


def test_this_machine(root: Path) -> None:
    """On this machine no TLS is asked for."""
    text = written("google_free", ", oauth: {token_url: 'http://127.0.0.1:8080/token'}")
    assert oauth(root, text).token_url == "http://127.0.0.1:8080/token"
