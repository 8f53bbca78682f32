"""The bugs that the simulation has to find, each as an exact change of the engine's text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in one file of the package; `before` stands there exactly once."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plant:
    """A bug: its name, what is wrong then, and the changes that make it."""

    name: str
    wrong: str
    edits: tuple[Edit, ...]


def one(name: str, wrong: str, file: str, before: str, after: str) -> Plant:
    """A bug of one change."""
    return Plant(name, wrong, (Edit(file, before, after),))


PLANTS = (
    Plant(
        "mark-after-send",
        "a mail is noted as perhaps sent only after the server has answered",
        (
            Edit(
                "engine/hand.py",
                "    sends.move_each(connection, SendState.CLAIMED, SendEvent.HAND, rows)\n",
                "    sends.move_each(connection, SendState.CLAIMED, SendEvent.HAND, rows[:0])\n",
            ),
            Edit(
                "domain/send.py",
                "        _S.CLAIMED: {\n",
                "        _S.CLAIMED: {\n            _E.ACCEPT: _S.SENT,\n",
            ),
        ),
    ),
    Plant(
        "no-look-at-all",
        "the gate is asked neither before a mail is begun nor before its final dot",
        (
            Edit(
                "engine/look.py",
                "            answers = gate.refuse(asked)\n",
                "            answers = gate.refuse(asked)[:0]\n",
            ),
            Edit(
                "engine/hand.py",
                "    if gate.refuse(asked):\n",
                "    if gate.refuse(asked)[:0]:\n",
            ),
        ),
    ),
    one(
        "no-last-look",
        "the gate is not asked again before the final dot",
        "engine/hand.py",
        "    if gate.refuse(asked):\n",
        "    if gate.refuse(asked)[:0]:\n",
    ),
    Plant(
        "cursor-before-commit",
        "a folder counts as read before its mails are stored, and is never read more widely",
        (
            Edit("engine/scan.py", "WIDE = timedelta(days=2)", "WIDE = timedelta(0)"),
            Edit(
                "engine/scan.py",
                "        await _take_in(world, mailbox, found)\n        if found.more",
                "        await world.write(\n"
                "            mailboxes.move_cursor,\n"
                "            mailbox,\n"
                "            found.folder,\n"
                "            Cursor(\n                found.uidvalidity,\n"
                "                max([found.last_uid, *(m.uid for m in found.messages)]),\n"
                "            ),\n"
                "            began_at,\n"
                "        )\n"
                "        await _take_in(world, mailbox, found)\n        if found.more",
            ),
        ),
    ),
    Plant(
        "lease-by-wall-clock",
        "a lease expires on the clock of the machine that wants it",
        (
            Edit(
                "engine/leases.py",
                "    at = database_now(connection)\n    term",
                "    at = now or database_now(connection)\n    term",
            ),
            Edit(
                "engine/leases.py",
                "    had: Had = MappingProxyType({}),\n) -> dict[str, Lease]:",
                "    had: Had = MappingProxyType({}),\n    now: datetime | None = None,\n"
                ") -> dict[str, Lease]:",
            ),
            Edit(
                "engine/runner.py",
                "reach=reach, had=self._had\n",
                "reach=reach, had=self._had, now=self.world.clock.now()\n",
            ),
        ),
    ),
    Plant(
        "fence-not-compared",
        "a daemon does not notice that its mailbox was taken over",
        (
            Edit(
                "engine/leases.py",
                "    return mailboxes.get(connection, lease.mailbox).fence == lease.fence",
                "    return mailboxes.get(connection, lease.mailbox).fence > 0",
            ),
            Edit(
                "engine/mail_gate.py",
                "        return self._room.mailbox(lease.mailbox).fence == lease.fence\n",
                "        return self._room.mailbox(lease.mailbox).fence > 0\n",
            ),
        ),
    ),
    one(
        "group-counts-nothing",
        "mails of one transaction do not count for each other",
        "engine/room.py",
        "        self._box(asked.mailbox).take()\n",
        "        if self._box(asked.mailbox):\n            return\n",
    ),
    one(
        "boot-clock-not-compared",
        "a daemon that slept after its last look writes the final dot",
        "engine/send_mail.py",
        "        goes = granted and ends_s - began_s <= LOOK_IS_GOOD_FOR_S\n",
        "        goes = granted and ends_s >= began_s\n",
    ),
    one(
        "doubt-is-not-sent",
        "a mail without a copy in Sent is sent again wherever it came from",
        "engine/settle.py",
        "    proven = evidence.left is False\n",
        "    proven = not evidence.left\n",
    ),
    one(
        "settled-at-once",
        "a doubt is settled before the copy can be in Sent",
        "engine/policy.py",
        "    settle: timedelta = timedelta(minutes=15)\n",
        "    settle: timedelta = timedelta(seconds=1)\n",
    ),
    one(
        "absence-proves-everywhere",
        "an empty Sent counts as proof that nothing left, whatever a probe has shown",
        "engine/settle.py",
        "    if not known.would_show or policy.keeps_sent_copy is False:\n",
        "    if policy.keeps_sent_copy is False:\n",
    ),
    one(
        "handed-is-queued",
        "a mail that a crash left handed over is sent again",
        "engine/leases.py",
        "            doubt(connection, desk, [send], ",
        "            sends.move(connection, [send.id], SendEvent.DEFER, handed_at=None)\n"
        "            _ = (",
    ),
    one(
        "message-id-by-time",
        "each try of a mail has a Message-ID of its own",
        "engine/compose_mail.py",
        "message_id=_message_id(policy, case, step_id, mailbox)",
        'message_id=f"<{now:%f%S%M%H%d}.{step_id}@seller.example>"',
    ),
    one(
        "suppression-without-key",
        "a suppression is stored as it was written",
        "engine/stop.py",
        "        key = address_key(target)\n        return",
        "        key = target\n        return",
    ),
    one(
        "jitter-by-chance",
        "due times depend on something else than ids",
        "domain/jitter.py",
        'return _unit(hashlib.sha256("\\x1f".join(keys).encode()).digest())',
        'return _unit(hashlib.sha256(f"{id(object())}{id(keys)}".encode()).digest())',
    ),
    Plant(
        "resume-moves-to-now",
        "who was paused gets the next mail at once",
        (
            Edit(
                "engine/carry_out.py",
                "            due = due_as_before(case, send.step_id, now + command.remaining)\n",
                "            due = due_as_before(case, send.step_id, now)\n",
            ),
            Edit(
                "engine/spread.py",
                "    earliest = due_as_before(case, send.step_id, max(now + remaining, back)).at\n",
                "    earliest = due_as_before(case, send.step_id, max(now, back)).at\n",
            ),
        ),
    ),
    one(
        "stop-leaves-sends",
        "what waits is not cancelled when the enrollment ends",
        "engine/carry_out.py",
        "    for step_id in sends.cancel_open(connection, case.stored.id, why):\n",
        "    for step_id in ():\n",
    ),
    one(
        "reply-only-in-thread",
        "who answers without naming our mail is not known",
        "engine/match.py",
        "    stored = _by_address(connection, incoming.sender)\n",
        "    stored = None\n",
    ),
    one(
        "absence-ignored",
        "an absence notice pauses nothing",
        "engine/absent.py",
        "    heard.hold(PauseReason.AUTO_REPLY, resume_at)\n",
        "",
    ),
    one(
        "stop-the-newest-only",
        "a stop ends one of the person's cadences",
        "engine/react.py",
        "    live = enrollments.live_of(connection, [prospect_id])\n",
        "    live = enrollments.live_of(connection, [prospect_id])[-1:]\n",
    ),
    one(
        "stale-scan",
        "a mailbox that was not read lately may send",
        "domain/mail_rules.py",
        "if synced_at is not None and abs(moment.now - synced_at) <= moment.freshness:",
        "if synced_at is not None:",
    ),
    one(
        "window-end-included",
        "a mail may leave in the minute after the window closed",
        "domain/opening.py",
        "    return start, instant_of(day, block.end, timing.tz)\n",
        "    return start, instant_of(day, block.end, timing.tz) + timedelta(minutes=1)\n",
    ),
    one(
        "cap-off-by-one",
        "a mailbox sends more than it may: `>` where `>=` is right",
        "domain/rolling.py",
        "    while counted(instants, period, at) >= (most := level.at(at)):",
        "    while counted(instants, period, at) > (most := level.at(at)):",
    ),
    one(
        "cap-of-the-calendar-day",
        "what a mailbox may send begins anew at midnight",
        "domain/rolling.py",
        "    return len(instants) - bisect_right(instants, now - period)",
        "    begin = now.replace(hour=0, minute=0, second=0) if period == DAY else now - period\n"
        "    return len(instants) - bisect_right(instants, begin)",
    ),
    one(
        "gap-from-the-oldest",
        "the gap is measured from the wrong mail",
        "domain/pacing.py",
        "        clear_at = mails[-1] + pace.gap_after(mails[-1])\n",
        "        clear_at = mails[0] + pace.gap_after(mails[0]) - pace.gap\n",
    ),
    one(
        "no-hourly-cap",
        "after an outage everything leaves at once",
        "domain/pacing.py",
        "        (Reason.CAP_HOUR, pace.hourly(mail_days), HOUR),\n",
        "",
    ),
    one(
        "holidays-ignored",
        "mails leave on public holidays",
        "engine/policy.py",
        "        if theirs.country and ZoneFrom.PROSPECT in schedule.holidays:\n",
        "        if not theirs.country and ZoneFrom.PROSPECT in schedule.holidays:\n",
    ),
    one(
        "revived-after-stop",
        "a mail that comes back from the network waits again, whoever stopped it meanwhile",
        "engine/reopen.py",
        "    if stored.enrollment.state is EnrollmentState.FINISHED:\n",
        "    if stored.enrollment.state is EnrollmentState.PENDING:\n",
    ),
    one(
        "hold-ignored-after-restore",
        "mails leave from a database that has forgotten some, before anybody has compared it",
        "store/epoch.py",
        'why: str = _WHY.scalar(connection, {}) or ""',
        'why: str = (_WHY.scalar(connection, {}) or "")[:0]',
    ),
    one(
        "sent-not-compared",
        "what was forgotten and lies in Sent is not counted as sent",
        "engine/compare_sent.py",
        "        await self._in_portions(take_in, copies)\n",
        "",
    ),
    one(
        "log-of-opt-outs-not-read",
        "who opted out after the backup is written to again",
        "engine/replay.py",
        "            if each.at < since:\n",
        "            if each.at >= since:\n",
    ),
    one(
        "loss-not-noticed",
        "a host does not compare the database with what it has seen of it",
        "domain/history.py",
        "    if seen.epoch in epoch.earlier:\n",
        "    if seen.epoch:\n",
    ),
)
