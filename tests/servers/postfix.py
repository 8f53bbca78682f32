"""A private Postfix on loopback: submission with STARTTLS, delivery to Dovecot, real bounces.

Nothing leaves the machine: a domain that is not listed here goes to the error transport, which
makes a real delivery report.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers.child import folder, free_port, greets, missing, program, wait_until
from servers.dovecot import Dovecot

MAIN = """
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.seller.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
maillog_file = {d}/log/mail.log
maillog_file_prefixes = {d}
recipient_delimiter = +
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{d}/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = texthash:{d}/transport
default_transport = error:5.1.2 no mail leaves this machine
relay_transport = error:5.1.2 no mail leaves this machine
smtpd_tls_chain_files = {dovecot}/server.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_reject_unlisted_recipient = no
message_size_limit = 20000000
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 5 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""
TRANSPORT = """
gone.example error:5.1.1 user unknown
full.example error:5.2.2 mailbox full
spam.example error:5.7.1 message blocked as spam
void.example discard:
"""


@dataclass(frozen=True)
class Postfix:
    """Where the running server is reached.

    Mail to anybody at gone.example, full.example and spam.example bounces with 5.1.1, 5.2.2 and
    5.7.1; mail to void.example is taken and thrown away.
    """

    folder: Path
    smtp: int


@contextmanager
def postfix(backend: Dovecot, addresses: Sequence[str], more: str = "") -> Iterator[Postfix]:
    """A Postfix that delivers to these addresses in Dovecot, and lets Dovecot check sign-ins.

    `more` is further lines of main.cf, for a provider with ways of its own.
    """
    binary = program("postfix")
    if os.geteuid() != 0:
        missing("Postfix can be started by root only")
    with folder("postfix-") as d:
        for name in ("queue", "data", "log", "etc"):
            (d / name).mkdir()
        shutil.chown(d / "data", "postfix", "postfix")
        port = free_port()
        values = {
            "d": d,
            "dovecot": backend.folder,
            "domains": " ".join(sorted({each.partition("@")[2] for each in addresses})),
            "lmtp": backend.lmtp,
            "sasl": backend.sasl,
            "smtp": port,
        }
        (d / "etc/main.cf").write_text(MAIN.format(**values) + more)
        (d / "etc/master.cf").write_text(MASTER.format(**values))
        (d / "mailboxes").write_text("".join(f"{each} ok\n" for each in addresses))
        (d / "transport").write_text(TRANSPORT)
        control = [binary, "-c", str(d / "etc")]
        started = subprocess.run([*control, "start"], capture_output=True, text=True, check=False)
        assert started.returncode == 0, started.stderr
        try:
            wait_until("a greeting of Postfix", lambda: greets(port, b"220 "))
            yield Postfix(d, port)
        finally:
            subprocess.run([*control, "stop"], capture_output=True, check=False)
