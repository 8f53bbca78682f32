"""A private Dovecot on loopback: IMAP with TLS, LMTP, sign-in for itself and for Postfix."""

import os
import pwd
import re
import smtplib
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from fakes.authority import LOOPBACK, authority
from servers.child import child, folder, free_port, greets, program, wait_until
from servers.introspection import introspection

COMMON = """
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
first_valid_uid = 1
recipient_delimiter = +
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    {host} = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener sasl {{
    {host} = 127.0.0.1
    port = {sasl}
  }}
  user = root
}}
service stats {{
  chroot =
}}
lmtp_save_to_detail_mailbox = yes
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
}}
"""
OF_2_3 = """
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
ssl_cert = <{d}/server.pem
ssl_key = <{d}/server.pem
disable_plaintext_auth = no
mail_location = maildir:{d}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {d}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {d}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%u allow_all_users=yes
}}
"""
WITHOUT_IDLE_2_3 = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS SPECIAL-USE\n"
WITHOUT_IDLE_2_4 = "imap_capability {\n  IDLE = no\n}\n"
OAUTH_2_3 = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = email
active_attribute = active
active_value = true
"""
OF_2_4 = """
ssl_server_cert_file = {d}/server.pem
ssl_server_key_file = {d}/server.pem
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {d}/mail/%{{user}}
mail_uid = {uid}
mail_gid = {gid}
oauth2 {{
  introspection_mode = post
  introspection_url = {introspection}
  username_attribute = email
  active_attribute = active
  active_value = true
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
passdb passwd-file {{
  passwd_file_path = {d}/users
  default_password_scheme = PLAIN
}}
userdb static {{
  allow_all_users = yes
  fields {{
    uid = {uid}
    gid = {gid}
    home = {d}/mail/%{{user}}
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """Where the running server is reached."""

    folder: Path
    imap: int
    imaps: int
    lmtp: int
    sasl: int

    def deliver(self, address: str, raw: bytes, sender: str = "someone@outside.example") -> None:
        """Put a mail into a mailbox by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as line:
            line.sendmail(sender, [address], raw)

    def maildir(self, address: str) -> Path:
        """Where the server keeps a mailbox."""
        return self.folder / "mail" / address


@contextmanager
def dovecot(
    passwords: Mapping[str, str], introspected: str = "", *, idles: bool = True
) -> Iterator[Dovecot]:
    """A Dovecot for these users; the token `token-of-ADDRESS` signs in by XOAUTH2 as well.

    Or, where `introspected` is the address of an endpoint, what is good there. IDLE can be left
    out of what the server offers.
    """
    binary = program("dovecot")
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    number = re.match(r"(\d+)\.(\d+)[\d.]*", version.stdout)
    assert number is not None, version.stdout
    is_2_4 = (int(number[1]), int(number[2])) >= (2, 4)
    with folder("dovecot-") as d, introspection() as url:
        ports = SimpleNamespace(**{n: free_port() for n in ("imap", "imaps", "lmtp", "sasl")})
        owner = pwd.getpwnam("nobody")
        _certificate(d)
        for name in ("run", "state", "mail"):
            (d / name).mkdir()
        os.chown(d / "mail", owner.pw_uid, owner.pw_gid)
        who = f"{owner.pw_uid}:{owner.pw_gid}"
        users = [f"{u}:{p}:{who}::{d}/mail/{u}::\n" for u, p in passwords.items()]
        (d / "users").write_text("".join(users))
        values = {
            "d": d,
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
            "introspection": introspected or url,
            "host": "listen" if is_2_4 else "address",
            **vars(ports),
        }
        (d / "oauth2.conf").write_text(OAUTH_2_3.format(**values))
        head = f"dovecot_config_version = {number[0]}\ndovecot_storage_version = {number[0]}\n"
        body = COMMON.format(**values) + (OF_2_4 if is_2_4 else OF_2_3).format(**values)
        body += "" if idles else WITHOUT_IDLE_2_4 if is_2_4 else WITHOUT_IDLE_2_3
        (d / "dovecot.conf").write_text((head if is_2_4 else "") + body)
        with child([binary, "-F", "-c", str(d / "dovecot.conf")], d / "output"):
            wait_until("a greeting of Dovecot", lambda: greets(ports.imap, b"* OK"))
            yield Dovecot(d, ports.imap, ports.imaps, ports.lmtp, ports.sasl)


def _certificate(target: Path) -> None:
    certificate = authority().issue_cert(*LOOPBACK)
    path = target / "server.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
    path.chmod(0o600)
    authority().cert_pem.write_to_path(str(target / "ca.pem"))
