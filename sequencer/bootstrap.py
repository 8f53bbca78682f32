"""The composition root: reads settings, builds everything, and alone names concrete classes."""

import asyncio
import logging
import os
import shutil
import socket
import ssl
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from sequencer.adapters import calendly
from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox
from sequencer.adapters.instance_lock import InstanceLock
from sequencer.adapters.randomness import new_key
from sequencer.adapters.smtp import SmtpAccount, SmtpMailer
from sequencer.adapters.ticker import Ticker
from sequencer.adapters.token import CommandToken, RefreshToken
from sequencer.domain.pacing import Pace
from sequencer.engine.daemon import Daemon
from sequencer.engine.desk import Desk
from sequencer.engine.hooks import Source
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.ports import Clock
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door, World
from sequencer.files.builtin import builtin_files
from sequencer.files.check import Checked, check_workspace
from sequencer.files.settings import MailboxSettings, Settings, load_settings
from sequencer.mail.server import Security, Server
from sequencer.mail.sign_in import TokenSource
from sequencer.store import schema
from sequencer.store.database import Database

IMAP_THREADS = 16  # blocking IMAP calls at once; a mailbox uses one while scanned, one while idle


@dataclass
class Workspace:
    """An opened workspace: settings, database, desk."""

    root: Path
    settings: Settings
    database: Database
    desk: Desk
    clock: Clock
    new_key: Callable[[], str] = new_key

    def close(self) -> None:
        """Close the database."""
        self.database.dispose()


def open_workspace(root: Path, environ: Mapping[str, str]) -> Workspace:
    """The workspace in that folder, its database created or migrated.

    Raises:
        ConfigError: the settings are not valid.
        StoreError: the database belongs to a newer program.
    """
    settings = load_settings(root, environ)
    database = Database(settings.database)
    schema.upgrade(database)
    return Workspace(root, settings, database, Desk(policy_of(settings)), SystemClock())


def check(root: Path, environ: Mapping[str, str]) -> Checked:
    """Everything that is wrong with the files of a workspace; the database is not touched."""
    return check_workspace(root, environ)
