"""A release: frozen against everything, hashed, and made anew byte for byte."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from openpyxl import load_workbook

from cohort.models import Answer, Case
from registry.errors import Problem
from registry.models import AuditEvent, Role, SubjectKey, User
from releases.export import Slip
from releases.frozen import digest
from releases.models import FrozenError, Release, ReleaseCase
from releases.selectors import Held, without_withdrawn
from releases.services import freezing
from tests.cohort import people


def cohort(by: User) -> None:
    for number in range(3):
        people.complete(by, Case.State.ACCEPTED, age_yr=str(40 + number), sex=str(number % 2 + 1))
    people.complete(by, Case.State.SUBMITTED)


def table(release: Release, level: str = "limited", name: str = "table.csv") -> bytes:
    with Held(release).export(level) as export:
        return export.make(name).content.read()


def rebuilt(release: Release, out: Path) -> dict[str, bytes]:
    call_command("rebuild_release", str(release.number), str(out), stdout=io.StringIO())
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.code


def test_a_release_holds_the_accepted_cases_and_says_so(lead: User, radiologist: User) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First release")
    assert (release.number, release.cases.count()) == (1, 3)
    assert release.counts | {"image_bytes": 0} == {
        "cases": 3, "sites": 1, "series": 12, "images": 3 * (120 + 3), "image_bytes": 0, "synthetic": 0,
    }  # fmt: skip
    cases = release.cases.values_list("subject__code", "sha256")
    assert release.digest == digest(release.frame, cases)
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.RELEASE_MADE)
    assert (event.target, event.detail["sha256"]) == ("release 1", release.digest)
    case = json.loads(release.cases.first().content)
    assert case["revision"] == 1
    assert len(case["answers_sha256"]) == 64
    assert [one["kind"] for one in case["series"]] == ["CXR", "CT", "CXR", "CXR"]


def test_what_is_released_is_not_changed_by_anybody(lead: User, radiologist: User) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First release")
    for act in (
        release.save,
        release.delete,
        Release.objects.all().delete,
        lambda: Release.objects.update(title="x"),
        lambda: ReleaseCase.objects.update(content="{}"),
        ReleaseCase.objects.first().delete,
    ):
        with pytest.raises(FrozenError):
            act()
    for table_ in ("releases_release", "releases_releasecase"):
        for act in (f"UPDATE {table_} SET id = id", f"DELETE FROM {table_}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(act)
    with pytest.raises(ProtectedError):
        release.cases.first().subject.delete()


def test_the_files_come_out_the_same_after_the_cases_have_changed(
    lead: User, radiologist: User, tmp_path: Path
) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First release")
    first = rebuilt(release, tmp_path / "a")
    Answer.objects.filter(item="age_yr").update(value="77")
    Case.objects.filter(state=Case.State.ACCEPTED).update(state=Case.State.RETURNED)
    radiologist.name = "Renamed"
    radiologist.save()
    radiologist.site.name = "Renamed hospital"
    radiologist.site.save()
    assert rebuilt(release, tmp_path / "b") == first
    listed = dict(line.split("  ")[::-1] for line in first["SHA256SUMS"].decode().splitlines())
    assert listed == {**release.files, "release.json": listed["release.json"]}
    assert {name for name in first if name.startswith("limited/")} == {
        f"limited/{name}"
        for name in (
            *("table.csv", "table.xlsx", "table.parquet", "codebook.csv", "dictionary.csv", "cases.csv"),
            *("contributors.csv", "CITATION.txt", "manifest.json"),
        )
    }


def test_a_rebuild_that_differs_is_told_and_fails(lead: User, radiologist: User, tmp_path: Path) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First release")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP TRIGGER releases_releasecase_frozen ON releases_releasecase")
        else:
            cursor.execute("DROP TRIGGER releases_releasecase_frozen_update")
        cursor.execute("UPDATE releases_releasecase SET content = replace(content, '\"41\"', '\"48\"')")
    with pytest.raises(CommandError) as caught:
        rebuilt(release, tmp_path / "out")
    said = str(caught.value)
    assert "is not what was frozen" in said
    assert "the frozen content does not give the digest of the release" in said
    assert "limited/table.csv has other bytes" in said
    assert "pyarrow" in said


def test_csv_xlsx_and_parquet_hold_the_same_table(lead: User, radiologist: User) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First release")
    header, *rows = table(release).decode("utf-8-sig").split("\r\n")
    names = header.split(",")
    assert names[:3] == ["subject_id", "site_code", "site_level"]
    book = load_workbook(io.BytesIO(table(release, name="table.xlsx")))
    sheet = [[cell.value for cell in row] for row in book["cohort"].rows]
    columns = pq.read_table(io.BytesIO(table(release, name="table.parquet"))).to_pydict()
    assert list(columns) == names == sheet[0]
    age = names.index("age_yr")
    assert [row[age] for row in sheet[1:]] == columns["age_yr"] == [40, 41, 42]
    assert [row.split(",")[age] for row in rows[:-1]] == ["40", "41", "42"]
    about = {row[0].value: row[1].value for row in book["about"].rows}
    assert about["release sha256"] == release.digest
    facts = pq.read_metadata(io.BytesIO(table(release, name="table.parquet"))).metadata
    assert facts[b"kicc-release-sha256"].decode() == release.digest


def test_the_manifest_names_every_file_with_its_digest(lead: User, radiologist: User) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First release")
    manifest = json.loads(table(release, name="manifest.json"))
    assert (manifest["release"], manifest["release_sha256"]) == (1, release.digest)
    assert manifest["rows"] == 3
    told = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert told == {
        name.removeprefix("limited/"): sha256
        for name, sha256 in release.files.items()
        if name.startswith("limited/") and not name.endswith("manifest.json")
    }


def test_who_may_release_and_what(lead: User, radiologist: User) -> None:
    assert code_of(lambda: freezing.make(actor=lead, title="x")) == "release_of_nobody"
    cohort(radiologist)
    for role in (Role.CURATOR, Role.RESEARCHER, Role.ADMIN):
        assert code_of(lambda role=role: freezing.make(actor=people.user(role), title="x")) == "not_allowed"
    for title in ("", " ", "x" * 121, "a\0b"):
        assert code_of(lambda title=title: freezing.make(actor=lead, title=title)) == "release_title"
    assert code_of(lambda: freezing.make(actor=lead, title="call 010-1234-5678")) == "identifying_text"
    freezing.make(actor=lead, title="First")
    assert code_of(lambda: freezing.make(actor=lead, title="Again")) == "release_unchanged"
    people.complete(radiologist, Case.State.ACCEPTED)
    assert freezing.make(actor=lead, title="Second").number == 2


def test_people_who_withdrew_are_in_no_later_release(lead: User, radiologist: User) -> None:
    gone, stays = (people.complete(radiologist, Case.State.ACCEPTED) for _ in range(2))
    SubjectKey.objects.filter(subject=gone.subject).update(wrapped=None, destroyed_at=timezone.now())
    made = freezing.make(actor=lead, title="Later")
    assert list(made.cases.values_list("subject", flat=True)) == [stays.subject_id]
    assert json.loads(made.frame)["summary"]["categorical"]["male"]["denominator"] == 1


def test_people_who_withdrew_are_shown_in_every_release_and_no_longer_handed_out(
    lead: User, radiologist: User
) -> None:
    cohort(radiologist)
    first = freezing.make(actor=lead, title="First")
    code = first.cases.first().subject.code
    before = table(first)
    SubjectKey.objects.filter(subject__code=code).update(wrapped=None, destroyed_at=timezone.now())
    keep, gone = without_withdrawn(first)
    assert gone == 1
    with Held(first).export("limited", Slip(keep=keep, withdrawn=gone)) as export:
        handed = export.make("table.csv").content.read()
        assert json.loads(export.make("manifest.json").content.read())["withdrawn_left_out"] == 1
        assert code not in export.make("cases.csv").content.read().decode()
    assert code in before.decode()
    assert code not in handed.decode()
    assert table(first) == before, "the release itself stays what it was"


def test_the_summary_of_a_release_is_its_own(lead: User, radiologist: User) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First")
    people.complete(radiologist, Case.State.ACCEPTED)
    out = io.StringIO()
    call_command("summary", "--json", "--release", "1", stdout=out)
    told = json.loads(out.getvalue())
    assert told["release"]["sha256"] == release.digest
    assert told["denominators"]["cohort"] == 3
    assert told["categorical"]["male"]["n"] == 2
    with pytest.raises(CommandError, match="no release 9"):
        call_command("summary", "--release", "9")


def test_a_folder_with_something_in_it_is_left_alone(lead: User, radiologist: User, tmp_path: Path) -> None:
    cohort(radiologist)
    release = freezing.make(actor=lead, title="First")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="there already"):
        rebuilt(release, tmp_path)
    with pytest.raises(CommandError, match="no release 9"):
        call_command("rebuild_release", "9", str(tmp_path / "new"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
