"""A whole run: every row of the list from folder to verdict, or what that would be."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from kicc_send.folder import STAYS, Found, Prepared, Terms, prepared
from kicc_send.patients import Looked, look_at
from kicc_send.registry import Refusal, Registry
from kicc_send.sending import FINISHED, Changed, await_verdicts, send
from kicc_send.sheet import NEW, Row
from kicc_send.state import Entry, Line, State
from kicc_send.words import say

Tell = Callable[[str], None]
SEND_AGAIN = {"discarded", "expired", "bytes_lost", "not_processed"}
NOBODY = "S00-0000-A"


class Exit(IntEnum):
    """What the command ends with; of several, the highest."""

    DONE = 0
    NEEDS_A_PERSON = 1
    USAGE = 2
    UNFINISHED = 3
    REFUSED = 4


def dry_run(pool: Executor, rows: Sequence[Row], language: str, tell: Tell) -> Exit:
    """Say what would be sent and what not. No connection is made."""
    end = Exit.DONE
    for looked in look_at(pool, rows, language):
        tell(_head(looked, looked.row.subject, language))
        if looked.problem:
            tell(f"  {looked.problem}")
            end = Exit.NEEDS_A_PERSON
            continue
        subject = NOBODY if looked.row.subject == NEW else looked.row.subject
        terms = Terms(secrets.token_bytes(32), subject, looked.row.admission)
        made = list(prepared(pool, looked.row.folder, looked.files, terms, language))
        goes = {one.sha256: one.size for one in made if one.sha256}
        tell("  " + say("would_send", language, count=len(goes), mega=sum(goes.values()) / 1e6))
        _tell_refusals([(one.code, one.message) for one in made if one.code], language, tell)
        if not goes or _locally_odd(made):
            end = Exit.NEEDS_A_PERSON
    tell(say("dry", language))
    return end


@dataclass
class Run:
    """Sends the rows. `key` None: the site's, as the registry gives it."""

    registry: Registry
    state: State
    pool: Executor
    language: str
    tell: Tell
    key: bytes | None = None
    wait: float = 3600.0
    end: Exit = Exit.DONE

    def go(self, rows: Sequence[Row]) -> Exit:
        """All rows. Raises Unreachable, NotARegistry, StateError, and Refusal of the token."""
        site, key = self.registry.site_key()
        self.key = self.key or key
        sent = []
        for looked in look_at(self.pool, rows, self.language):
            try:
                if self._send(looked, site):
                    sent.append(looked)
            except Refusal as refusal:
                if refusal.about_the_token:
                    raise
                self._problem(str(refusal), Exit.REFUSED)
            except Changed:
                self._problem(self._say("changed"), Exit.UNFINISHED)
        for looked in sent:
            self._finish(looked)
        return self.end

    def _send(self, looked: Looked, site: str) -> bool:
        """Bring one row to the registry; True when its verdicts are to be asked for."""
        row, entry = looked.row, self.state.entry(looked.row.folder)
        self.tell(_head(looked, entry.subject or row.subject, self.language))
        problem = looked.problem or self._wrong_code(row, entry, site)
        if problem:
            self._problem(problem, Exit.NEEDS_A_PERSON)
            return False
        terms = self._terms(row, entry)
        lines = self._lines(looked, entry, terms)
        if entry.finished:
            self.tell("  " + self._say("done_before"))
            self._count(entry, lines)
            return False
        by_digest = {line.sha256: line for line in lines if line.sha256}
        if not by_digest:
            _tell_refusals([(line.code, line.message) for line in lines], self.language, self.tell)
            self._problem(self._say("nothing_to_send"), Exit.NEEDS_A_PERSON)
            return False
        if not self._arrived(entry):
            self._bring(row.folder, entry, by_digest, terms)
        self.tell("  " + self._say("waiting", code=entry.subject))
        return True

    def _wrong_code(self, row: Row, entry: Entry, site: str) -> str:
        if row.subject == NEW:
            return ""
        if entry.subject and entry.subject != row.subject:
            return self._say("other_code", known=entry.subject, asked=row.subject)
        if not row.subject.startswith(f"{site}-"):
            return self._say("other_site", code=row.subject, site=site)
        return ""

    def _terms(self, row: Row, entry: Entry) -> Terms:
        """The request's identifier is on the disk before the registry is asked for a subject."""
        if not entry.subject:
            self.state.save()
            if row.subject == NEW:
                entry.subject = self.registry.new_subject(entry.request_id)
            else:
                self.registry.subject(row.subject)
                entry.subject = row.subject
            self.state.save()
        return Terms(self.key or b"", entry.subject, row.admission)

    def _lines(self, looked: Looked, entry: Entry, terms: Terms) -> list[Line]:
        """The folder's files as they will be sent: those kept from before when nothing has changed."""
        folder, marks = looked.row.folder, (terms.fingerprint, _fingerprint(looked.files))
        lines = self.state.lines(folder)
        if (entry.under, entry.fingerprint) == marks and lines:
            return lines
        made = prepared(self.pool, folder, looked.files, terms, self.language)
        lines = [_line(one) for one in made]
        self.state.keep_lines(folder, lines)
        entry.under, entry.fingerprint = marks
        entry.upload, entry.finished, entry.needs_person = "", False, False
        self.state.save()
        return lines

    def _arrived(self, entry: Entry) -> bool:
        """Whether all of it is with the registry since an earlier run."""
        if not entry.upload:
            return False
        try:
            said = self.registry.get(entry.upload)
        except Refusal as refusal:
            if refusal.status == 404:
                return False
            raise
        again = any(file["code"] in SEND_AGAIN for file in said["files"])
        return said["state"] == "processing" or (said["state"] in FINISHED and not again)

    def _bring(self, folder: Path, entry: Entry, by_digest: dict[str, Line], terms: Terms) -> None:
        def begun(upload: str) -> None:
            entry.upload = upload
            self.state.save()

        def progress(count: int, total: int) -> None:
            if count == total or count % 100 == 0:
                self.tell("  " + self._say("sending", code=entry.subject, count=count, total=total))

        send(
            self.registry,
            folder=folder,
            files={
                sha256: Found(line.name, line.size, 0, line.inside, line.place)
                for sha256, line in by_digest.items()
            },
            terms=terms,
            begun=begun,
            tell=progress,
        )

    def _finish(self, looked: Looked) -> None:
        """Wait for the row's verdicts and keep them beside the names."""
        entry = self.state.entry(looked.row.folder)
        said = await_verdicts(self.registry, entry.upload, within=self.wait)
        if said is None:
            self._problem(f"{entry.subject}: {self._say('unfinished')}", Exit.UNFINISHED)
            return
        verdicts = {file["sha256"]: file for file in said["files"]}
        lines = self.state.lines(looked.row.folder)
        for line in lines:
            if file := verdicts.get(line.sha256):
                line.verdict, line.code = file["verdict"] or "", file["code"] or ""
                line.message = file["message"] or ""
        self.state.keep_lines(looked.row.folder, lines)
        odd = any(line.code and line.verdict == "stays" and line.code not in STAYS for line in lines)
        entry.finished, entry.needs_person = True, said["state"] == "attention" or odd
        self.state.save()
        self.tell(f"{entry.subject}  {looked.row.folder}")
        self._count(entry, lines)

    def _count(self, entry: Entry, lines: Sequence[Line]) -> None:
        counts = Counter(line.verdict for line in lines)
        kinds = ("stored", "duplicate", "refused", "quarantined")
        self.tell("  " + self._say("verdicts", **{kind: counts[kind] for kind in kinds}))
        said = [line for line in lines if line.code and line.verdict != "duplicate"]
        _tell_refusals([(line.code, line.message) for line in said], self.language, self.tell)
        if entry.needs_person:
            self.end = max(self.end, Exit.NEEDS_A_PERSON)

    def _problem(self, sentence: str, end: Exit) -> None:
        self.tell(f"  {sentence}")
        self.end = max(self.end, end)

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)


def _head(looked: Looked, subject: str, language: str) -> str:
    facts = []
    if looked.days:
        facts.append(say("days", language, first=looked.days[0], last=looked.days[1]))
    if looked.odd:
        facts.append(say("odd_days", language))
    if looked.row.admission is None:
        facts.append(say("no_admission", language))
    return f"{subject}  {looked.row.folder}" + (f"  ({'; '.join(facts)})" if facts else "")


def _tell_refusals(said: Sequence[tuple[str, str]], language: str, tell: Tell) -> None:
    """Each reason once, with how many files it holds back; texts differ only by the place in the file."""
    counts = Counter(code for code, _ in said)
    texts = dict(reversed(said))
    for code, count in sorted(counts.items()):
        tell(f"  {count} × {code}: {texts[code]}")


def _locally_odd(made: Sequence[Prepared]) -> bool:
    return any(one.code and one.code not in STAYS for one in made)


def _line(one: Prepared) -> Line:
    verdict = "" if one.sha256 else "stays"
    found = one.found
    return Line(found.name, found.inside, found.place, one.sha256, one.size, verdict, one.code, one.message)


def _fingerprint(files: Sequence[Found]) -> str:
    listed = json.dumps([(one.shown, one.size, one.changed) for one in files])
    return hashlib.sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()
