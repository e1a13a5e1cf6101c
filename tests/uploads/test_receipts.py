"""Receipts of series: signed, in one chain, downloadable, and checked offline against what was downloaded."""

import json
import threading
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from deid import ENGINE, signing
from deid.cli import main
from imaging.models import Instance, Series
from phantom import PERSONS, ct_series, planted_values, radiograph
from registry.models import AuditEvent, Subject
from registry.settings.secrets import key_file
from tests.uploads.people import DAY, Sender, digest
from tests.uploads.test_verdicts import altered, site_stripped
from uploads.models import LeakAlarm, Receipt, ReceiptHead, Upload
from uploads.services import receipt_chain, receipts

PERSON = PERSONS[0]
CT = ct_series(seed=1, slices=4, matrix=64, person=PERSON, study_date=DAY)
FILM = radiograph(seed=2, rows=64, person=PERSON, study_date=DAY)


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Any, str], Path]:
    def save(answer: Any, name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        return path

    return save


def stored(sender: Sender, subject: Subject) -> tuple[str, str]:
    """Identifiers of an upload with a scan, and of the scan's series."""
    upload = sender.bring(subject.code, [*CT, FILM])
    assert upload["state"] == "done"
    return upload["id"], str(Series.objects.get(modality="CT").pk)


def test_what_is_downloaded_verifies_offline_and_is_what_was_sent(
    sender: Sender, subject: Subject, saved: Callable[[Any, str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    upload, series = stored(sender, subject)
    keys = saved(Client().get("/api/v1/receipt-keys/"), "keys.json")
    answer = sender.client.get(f"/api/v1/series/{series}/receipts/")
    assert answer["Content-Disposition"] == f'attachment; filename="receipts-series-{series}.json"'
    assert answer["Cache-Control"] == "no-store, private"
    receipt = saved(answer, "series.json")
    archive = saved(sender.client.get(f"/api/v1/series/{series}/archive/"), "series.zip")
    capsys.readouterr()
    assert main(["verify", str(receipt), "--keys", str(keys), "--series", str(archive)]) == 0
    assert "signatures that hold: 1, images that match: 4" in capsys.readouterr().out
    both = saved(sender.client.get(f"/api/v1/uploads/{upload}/receipts/"), "upload.json")
    assert main(["verify", str(both), "--keys", str(keys)]) == 0
    told = [document["receipt"] for document in json.loads(both.read_bytes())["receipts"]]
    assert [content["sequence"] for content in told] == [1, 2]
    scan = next(content for content in told if content["series"] == series)
    assert {row["sent"] for row in scan["instances"]} == {digest(data) for data in CT}
    assert (scan["outcome"], scan["stripped_by"], scan["dates"]) == ("stored", "", "keyed")
    assert (scan["files"], scan["same_pixels"]) == (4, 4)
    assert {row["element"]: row["files"] for row in scan["actions"]}["(0010,0010)"] == 4
    assert not [value for value in planted_values(PERSON) if value in both.read_text("utf-8")]


def test_the_series_shows_its_receipt_and_the_audit_trail_names_it(sender: Sender, subject: Subject) -> None:
    _, series = stored(sender, subject)
    (shown,) = sender.client.get(f"/api/v1/series/{series}/").json()["receipt"]["passes"]
    receipt = Receipt.objects.get(series=series)
    assert (shown["sequence"], shown["digest"], shown["key"]) == (
        receipt.sequence, receipt.digest, receipt.key,
    )  # fmt: skip
    assert "instances" not in shown
    assert AuditEvent.objects.get(target=series).detail["receipt"] == receipt.digest
    page = sender.client.get(f"/series/{series}/").content.decode()
    assert f"/api/v1/series/{series}/receipts/" in page
    assert receipt.key in page


def test_a_series_that_grows_has_a_receipt_for_each_upload(sender: Sender, subject: Subject) -> None:
    for part in (CT[:2], CT[2:]):
        sender.bring(subject.code, part)
    first, second = Receipt.objects.all()
    assert json.loads(second.body)["earlier"] == json.loads(second.body)["previous"] == first.digest
    assert json.loads(first.body)["earlier"] == ""
    assert [item["sequence"] for item in Series.objects.get().receipt["passes"]] == [1, 2]
    assert list(receipt_chain.breaks()) == []


def test_what_is_held_back_has_a_receipt_of_what_was_found(sender: Sender, subject: Subject) -> None:
    files = [altered(site_stripped(data), PatientName="A^B") for data in CT]
    sender.bring(subject.code, files, stripped_by=ENGINE)
    content = json.loads(Receipt.objects.get().body)
    assert (content["outcome"], content["instances"], content["stripped_by"]) == ("held back", [], ENGINE)
    assert [(row["element"], row["files"]) for row in content["leaked"]] == [("(0010,0010)", 4)]
    assert LeakAlarm.objects.get().receipt_id == 1
    assert list(receipt_chain.breaks()) == []


def test_another_hospital_gets_no_receipt(sender: Sender, subject: Subject, stranger: Any) -> None:
    upload, series = stored(sender, subject)
    addresses = [f"/api/v1/series/{series}/receipts/", f"/api/v1/uploads/{upload}/receipts/"]
    assert [Sender(stranger).client.get(address).status_code for address in addresses] == [404, 404]
    assert [Client().get(address).status_code for address in addresses] == [401, 401]


def test_receipts_are_not_changed_or_deleted_through_the_models(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, CT)
    receipt = Receipt.objects.get()
    assert (str(receipt), str(ReceiptHead.objects.get())) == ("receipt 1", "head 1")
    for act in (receipt.save, receipt.delete, Receipt.objects.all().delete, LeakAlarm.objects.all().delete):
        with pytest.raises(TypeError):
            act()
    with pytest.raises(TypeError):
        Receipt.objects.update(body="{}")


def verified() -> tuple[int, list[str]]:
    """Exit code and lines of the command."""
    out = StringIO()
    try:
        call_command("verify_receipts", stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_a_chain_that_nobody_touched_holds(sender: Sender, subject: Subject) -> None:
    assert verified() == (0, ["The chain of 0 receipts holds."])
    stored(sender, subject)
    assert verified() == (0, ["The chain of 2 receipts holds."])


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def rewrite(sequence: int, key: bytes, **changes: Any) -> None:
    """A receipt written anew and signed by `key`, digest and all, as somebody does who has the database."""
    content = {**json.loads(Receipt.objects.get(pk=sequence).body), **changes}
    document = signing.sign(content, key)
    body = receipts.canonical(document["receipt"]).decode()
    sql(
        "UPDATE uploads_receipt SET body = %s, digest = %s, key = %s, signature = %s WHERE sequence = %s",
        body, digest(body.encode()), document["signature"]["key"], document["signature"]["value"], sequence,
    )  # fmt: skip


SECOND = "UPDATE uploads_receipt SET {} WHERE sequence = 2"
NOUGHTS = f"'{'0' * 64}'"
ALTERATIONS = {
    SECOND.format("body = replace(body, 'keyed', 'moved')"): "Receipt 2 was changed after it was written.",
    SECOND.format(f"signature = {NOUGHTS} || {NOUGHTS}"): "Receipt 2 is not signed by key",
    SECOND.format("key = '0123456789abcdef'"): "neither in use nor among the retired",
    SECOND.format(
        "upload_id = (SELECT upload_id FROM uploads_receipt WHERE sequence = 1)"
    ): "filed under another",
    "DELETE FROM uploads_receipt WHERE sequence = 2": "Receipt 2 is missing before receipt 3.",
    "DELETE FROM uploads_receipt WHERE sequence = 3": "the chain ends at 2, its head says 3.",
    "DELETE FROM uploads_receipthead": "the chain ends at 3, its head says nothing.",
    f"UPDATE imaging_instance SET pixel_sha256 = {NOUGHTS}": "3 of its images are not what its receipts say",
}


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_whatever_is_altered_in_the_database_is_found(
    sender: Sender, subject: Subject, statement: str
) -> None:
    for part in (CT[:1], CT[1:2], CT[2:3]):
        sender.bring(subject.code, part)
    sql(statement)
    code, lines = verified()
    assert code == 1
    assert ALTERATIONS[statement] in " ".join(lines)


def test_a_series_that_names_anothers_receipt_is_found(sender: Sender, subject: Subject) -> None:
    _, series = stored(sender, subject)
    Series.objects.filter(pk=series).update(receipt=Series.objects.exclude(pk=series).get().receipt)
    assert verified() == (1, [f"Series {series} names a receipt that is not its own."])


def test_a_receipt_written_anew_is_found_with_the_key_and_without(
    sender: Sender, subject: Subject, settings: Any
) -> None:
    for part in (CT[:2], CT[2:]):
        sender.bring(subject.code, part)
    rewrite(1, bytes(range(32)), dates="kept")
    assert "Receipt 1 is signed with key" in verified()[1][0]
    rewrite(1, settings.RECEIPT_KEY, dates="kept")
    assert "Receipt 2 does not follow the receipt before it." in verified()[1]


def test_a_key_is_changed_for_a_new_one_and_old_receipts_still_verify(
    sender: Sender, subject: Subject, settings: Any, tmp_path: Path, saved: Callable[[Any, str], Path]
) -> None:
    """As docs/receipts.md says."""
    sender.bring(subject.code, CT[:2])
    out = StringIO()
    call_command("receipt_keys", "--pem", stdout=out)
    settings.RECEIPT_KEY = key_file(tmp_path / "receipt")
    sender.bring(subject.code, CT[2:])
    code, lines = verified()
    assert (code, "neither in use nor among the retired" in lines[0]) == (1, True)
    (tmp_path / "retired.pem").write_text(out.getvalue())
    settings.RECEIPT_RETIRED_KEYS_FILE = str(tmp_path / "retired.pem")
    assert verified() == (0, ["The chain of 2 receipts holds."])
    told = Client().get("/api/v1/receipt-keys/")
    assert [key["in_use"] for key in told.json()["keys"]] == [True, False]
    assert len({receipt.key for receipt in Receipt.objects.all()}) == 2
    both = saved(sender.client.get(f"/api/v1/series/{Series.objects.get().pk}/receipts/"), "both.json")
    assert main(["verify", str(both), "--keys", str(saved(told, "keys.json"))]) == 0
    out = StringIO()
    call_command("receipt_keys", stdout=out)
    assert json.loads(out.getvalue()) == told.json()


def test_retired_keys_that_are_none_stop_the_start(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "retired.pem").write_text("so")
    settings.RECEIPT_RETIRED_KEYS_FILE = str(tmp_path / "retired.pem")
    with pytest.raises(ImproperlyConfigured, match="Put back the right file"):
        receipts.public_keys()


def test_a_series_of_before_receipts_were_signed_is_left_out(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, CT[:1])
    Series.objects.update(receipt={"passes": [{"digest": "0" * 64, "files": 1}]})
    Instance.objects.update(pixel_sha256="0" * 64)
    assert verified()[0] == 0
    Series.objects.update(receipt={})
    assert verified()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_workers_that_finish_at_once_do_not_fork_the_chain(sender: Sender, subject: Subject) -> None:
    """Eight threads with connections of their own; the very first receipt is among what they race for.

    One thread on SQLite, whose database of the suite is in memory and lets nobody wait.
    """
    many = 8 if connection.vendor == "postgresql" else 1
    upload = Upload.objects.create(subject=subject, created_by=subject.created_by, manifest_digest="0" * 64)
    ready, failed = threading.Barrier(many), []

    def work() -> None:
        try:
            ready.wait()
            for _ in range(6):
                with transaction.atomic():
                    receipts.issue(upload=upload, series=uuid.uuid4(), content={"instances": []})
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert list(Receipt.objects.values_list("sequence", flat=True)) == list(range(1, 6 * many + 1))
    assert ReceiptHead.objects.get().sequence == 6 * many
    assert list(receipt_chain.breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap(sender: Sender, subject: Subject) -> None:
    upload = Upload.objects.create(subject=subject, created_by=subject.created_by, manifest_digest="0" * 64)
    for number in range(3):
        with transaction.atomic():
            receipts.issue(upload=upload, series=uuid.uuid4(), content={"instances": []})
            transaction.set_rollback(number == 1)
    assert list(Receipt.objects.values_list("sequence", flat=True)) == [1, 2]
    assert list(receipt_chain.breaks()) == []
