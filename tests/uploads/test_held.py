"""Text in pictures: the series waits for somebody of its hospital, and then goes on by itself."""

import html
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from pydicom import dcmread

from deid import ENGINE
from imaging.models import Series
from registry.models import AuditEvent, Subject, User
from registry.vaults import Store
from tests.burned import burned, place_of
from tests.uploads.held import (
    BOX,
    CLEAN,
    CT,
    FILM,
    TEXT,
    altered,
    decide,
    site_stripped,
    stored_files,
    verdicts,
)
from tests.uploads.people import Sender, digest, work_off
from uploads.models import Hold, Job, Receipt, Upload, UploadFile
from uploads.pipeline import looking, run
from uploads.services import inventory, keys, leases

Verb = AuditEvent.Verb


@pytest.mark.parametrize("stripped", [False, True])
def test_a_radiograph_with_a_name_in_it_waits_and_nothing_of_it_is_stored(
    sender: Sender, subject: Subject, store: Store, stripped: bool
) -> None:
    file = site_stripped(FILM) if stripped else FILM
    upload = sender.bring(subject.code, [file], stripped_by=ENGINE if stripped else None)
    assert (upload["state"], verdicts(upload)) == ("attention", {("quarantined", "burned_in")})
    assert [one["state"] for one in upload["series"]] == ["quarantined"]
    assert list(store.list("staging/")) == list(store.list())
    assert len(list(store.list())) == 1
    hold, job = Hold.objects.get(), Job.objects.get(kind=Job.Kind.SERIES)
    assert (job.state, job.lease_owner) == (Job.State.HELD, None)
    (found,) = hold.found
    left, top, right, bottom = place_of(TEXT, (10, 12))
    assert any(
        x <= left + 3 and y <= top + 3 and x + width >= right - 3 and y + height >= bottom - 3
        for x, y, width, height in found["boxes"]
    )
    series = Series.objects.get()
    assert (series.state, series.pk) == (Series.State.QUARANTINED, hold.series)
    assert {one["code"] for one in series.findings} >= {"burned_in_text"}
    assert series.exam.slot == ""


def test_nothing_that_was_read_is_kept_or_logged(
    sender: Sender, subject: Subject, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    upload = sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    kept = json.dumps([hold.found, Series.objects.get().findings, Series.objects.get().receipt, upload])
    told = kept + str(list(AuditEvent.objects.values_list("detail", flat=True))) + caplog.text
    told += "".join(capfd.readouterr())
    for word in ("HONG", "GILDONG", "00123456"):
        assert word not in told


def test_clean_pictures_go_their_way(sender: Sender, subject: Subject) -> None:
    marked = burned(CLEAN, "L", (225, 12), size=24)
    upload = sender.bring(subject.code, [marked, *CT])
    assert (upload["state"], verdicts(upload)) == ("done", {("stored", None)})
    told = [one.receipt["passes"][-1]["pictures"] for one in Series.objects.order_by("modality")]
    assert [one["looked"] for one in told] == [8, 1]
    assert all(one["detector"].startswith("rapidocr/") and not one["masked"] for one in told)
    assert not Hold.objects.exists()


def test_masking_blacks_out_the_region_and_leaves_every_other_pixel(
    sender: Sender, subject: Subject, radiologist: User, store: Store
) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    answer = decide(sender, hold, decision="mask", regions=[{"picture": 0, "box": BOX}])
    assert (answer.status_code, answer.json()["decision"]) == (200, "mask")
    assert Upload.objects.get().state == Upload.State.PROCESSING
    work_off()
    upload = sender.get(str(hold.job.upload_id))
    assert (upload["state"], verdicts(upload)) == ("done", {("stored", None)})
    (dataset,) = stored_files(sender)
    old, new = dcmread(io.BytesIO(FILM)).pixel_array, dataset.pixel_array
    x, y, width, height = BOX
    inside = np.zeros(old.shape, dtype=bool)
    inside[y : y + height, x : x + width] = True
    assert np.array_equal(old[~inside], new[~inside])
    assert len(np.unique(new[inside])) == 1
    assert dataset.BurnedInAnnotation == "NO"
    assert "113101" in {item.CodeValue for item in dataset.DeidentificationMethodCodeSequence}
    series = Series.objects.get()
    assert "text_masked" in {one["code"] for one in series.findings}
    assert not {"burned_in_text", "burned_in"} & {one["code"] for one in series.findings}
    last = series.receipt["passes"][-1]
    assert last["same_pixels"] == 0
    (masked,), (decision,) = last["pictures"]["masked"], last["pictures"]["decisions"]
    assert masked["regions"] == [[*BOX, 0]]
    assert masked["instance"] == dataset.SOPInstanceUID
    assert {name: decision[name] for name in ("hold", "decision", "by", "role")} == {
        "hold": str(hold.pk),
        "decision": "mask",
        "by": keys.account_name(radiologist.pk),
        "role": radiologist.role,
    }
    assert not [name for name in (radiologist.name, radiologist.email) if name in Receipt.objects.get().body]
    assert series.instances.get().decoded_sha256 == masked["decoded_after"] != masked["decoded_before"]
    assert not list(store.list("staging/"))
    event = AuditEvent.objects.get(verb=Verb.TEXT_DECIDED)
    assert (event.actor, event.subject_code) == (radiologist, subject.code)
    assert event.detail["regions"] == [[digest(FILM), 0, *BOX]]
    assert not list(inventory.orphans())


def test_text_that_the_person_left_outside_the_mask_is_no_find_again_but_new_text_is(
    sender: Sender, subject: Subject
) -> None:
    two = burned(FILM, "KIM CHULSOO 77", (10, 200))
    sender.bring(subject.code, [two])
    hold = Hold.objects.get()
    assert len(hold.found[0]["boxes"]) == 2
    decide(sender, hold, decision="mask", regions=[{"picture": 0, "box": BOX}])
    work_off()
    assert Series.objects.get().state == Series.State.STORED
    hold.refresh_from_db()
    assert Hold.objects.count() == 1


def test_text_that_no_box_showed_holds_the_series_again(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    hold.found[0]["boxes"] = []
    hold.save()
    decide(sender, hold, decision="mask", regions=[{"picture": 0, "box": [100, 150, 20, 20]}])
    work_off()
    assert Hold.objects.open().count() == 1
    assert not Series.objects.stored().exists()


def test_one_stamped_slice_among_many_is_found_and_every_slice_is_shown_that_has_text(
    sender: Sender, subject: Subject
) -> None:
    stamped = list(CT)
    for place in (11, 18):
        stamped[place] = burned(CT[place], "HONG GILDONG", (6, 6), size=14, value=4095)
    sender.bring(subject.code, stamped)
    hold = Hold.objects.get()
    assert {one["file"] for one in hold.found} == {digest(stamped[11]), digest(stamped[18])}
    regions = [
        {"picture": number, "box": box} for number, one in enumerate(hold.found) for box in one["boxes"]
    ]
    decide(sender, hold, decision="mask", regions=regions)
    work_off()
    files = stored_files(sender)
    told = [one for one in files if one.get("BurnedInAnnotation") == "NO"]
    assert (len(files), len(told)) == (len(CT), 2)


def test_a_box_for_every_image_goes_to_every_image(sender: Sender, subject: Subject) -> None:
    series = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in CT[:9]]
    sender.bring(subject.code, series)
    hold = Hold.objects.get()
    told = sender.client.get(f"/api/v1/held/{hold.pk}/").json()
    assert len(told["pictures"]) == 9
    (first,) = told["boxes"]
    assert (first["pictures"], first["everywhere"]) == (list(range(9)), True)
    decide(sender, hold, decision="mask", regions=told["boxes"])
    work_off()
    files = stored_files(sender)
    x, y, width, height = first["box"]
    assert all(len(np.unique(one.pixel_array[y : y + height, x : x + width])) == 1 for one in files)


def test_a_box_for_every_image_leaves_the_one_that_the_person_took_out(
    sender: Sender, subject: Subject
) -> None:
    series = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in CT[:9]]
    sender.bring(subject.code, series)
    hold = Hold.objects.get()
    (box,) = sender.client.get(f"/api/v1/held/{hold.pk}/").json()["boxes"]
    decide(sender, hold, decision="mask", regions=[{**box, "without": [4]}])
    work_off()
    x, y, width, height = box["box"]
    files = sorted(stored_files(sender), key=lambda one: float(one.ImagePositionPatient[2]))
    black = [len(np.unique(one.pixel_array[y : y + height, x : x + width])) == 1 for one in files]
    left = [digest(data) for data in series].index(hold.found[4]["file"])
    assert [place for place, is_black in enumerate(black) if not is_black] == [left]
    assert len(Series.objects.get().receipt["passes"][-1]["pictures"]["masked"]) == 8


def test_three_hundred_stamped_pictures_are_one_box_and_are_masked(sender: Sender, subject: Subject) -> None:
    """Of the engine's and the detector's work one slice is done; the rest is what a hold of 300 slices is."""
    stamped = burned(CT[0], "HONG GILDONG", (6, 6), size=14, value=4095)
    sender.bring(subject.code, [stamped])
    hold = Hold.objects.get()
    (box,) = hold.found[0]["boxes"]
    for number in range(1, 300):
        moved = [box[0] + number % 3, box[1] + number % 2, box[2], box[3]]
        hold.found.append({**hold.found[0], "file": f"{number:064x}", "boxes": [moved]})
    hold.save()
    page = sender.client.get(f"/series/{hold.series}/text/").content.decode()
    regions = re.search(r'name="regions" value="([^"]*)"', page)
    assert regions
    sent = html.unescape(regions[1])
    assert [(len(one["pictures"]), one["everywhere"]) for one in json.loads(sent)] == [(300, True)]
    answer = sender.client.post(f"/series/{hold.series}/text/decide/", {"decision": "mask", "regions": sent})
    assert answer.status_code == 302, answer.content
    work_off()
    assert stored_files(sender)[0].BurnedInAnnotation == "NO"


def test_a_header_that_says_so_is_held_even_when_nothing_is_found(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [altered(CLEAN, BurnedInAnnotation="YES")])
    hold = Hold.objects.get()
    assert (hold.said, [one["boxes"] for one in hold.found]) == (True, [[]])
    decide(sender, hold, decision="keep", reason="only a marker of the side")
    work_off()
    assert Series.objects.get().state == Series.State.STORED


def test_where_none_was_found_all_pictures_can_be_looked_through(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [altered(data, BurnedInAnnotation="YES") for data in CT[:12]])
    hold = Hold.objects.get()
    assert len(hold.found) == 12
    series = Series.objects.get()
    assert ("burned_in_said" in str(series.findings), series.waits_for_its_hospital) == (True, True)
    page = sender.client.get(f"/series/{hold.series}/text/").content.decode()
    assert "none was found in the 12 pictures of the series" in page


@pytest.mark.usefixtures("store")
def test_a_rule_of_the_device_masks_without_a_person(
    sender: Sender, subject: Subject, tmp_path: Path, settings: Any
) -> None:
    dataset = dcmread(io.BytesIO(FILM))
    rules = tmp_path / "rules.csv"
    head = "manufacturer,model,modality,rows,columns,x,y,width,height,reason"
    rules.write_text(
        f"{head}\n*,{dataset.ManufacturerModelName},DX,256,256,4,6,240,30,a stamp seen in 2020\n"
    )
    settings.DEVICE_RULES = str(rules)
    looking.device_rules.cache_clear()
    try:
        upload = sender.bring(subject.code, [altered(FILM, BurnedInAnnotation="YES")])
    finally:
        looking.device_rules.cache_clear()
    assert (upload["state"], verdicts(upload)) == ("done", {("stored", None)})
    (masked,) = Series.objects.get().receipt["passes"][-1]["pictures"]["masked"]
    assert masked["rules"] == [f"* / {dataset.ManufacturerModelName} / DX 256 × 256"]
    assert stored_files(sender)[0].BurnedInAnnotation == "NO"


def test_a_stamp_beside_a_rules_mask_is_still_found(
    sender: Sender, subject: Subject, tmp_path: Path, settings: Any
) -> None:
    rules = tmp_path / "rules.csv"
    head = "manufacturer,model,modality,rows,columns,x,y,width,height,reason"
    rules.write_text(f"{head}\n*,*,DX,256,256,100,150,20,20,another place\n")
    settings.DEVICE_RULES = str(rules)
    looking.device_rules.cache_clear()
    try:
        sender.bring(subject.code, [FILM])
    finally:
        looking.device_rules.cache_clear()
    assert Hold.objects.open().exists()


def test_a_wrong_rule_file_stops_the_job_and_refuses_no_file(
    sender: Sender, subject: Subject, tmp_path: Path, settings: Any
) -> None:
    rules = tmp_path / "rules.csv"
    rules.write_text("maker\n")
    settings.DEVICE_RULES = str(rules)
    looking.device_rules.cache_clear()
    try:
        upload = sender.bring(subject.code, [CLEAN])
    finally:
        looking.device_rules.cache_clear()
    assert (upload["state"], verdicts(upload)) == ("processing", {(None, None)})


def test_a_leak_weighs_more_than_text(sender: Sender, subject: Subject, store: Store) -> None:
    leaking = altered(site_stripped(FILM), OtherPatientIDs="KX00040003")
    upload = sender.bring(subject.code, [leaking], stripped_by=ENGINE)
    assert verdicts(upload) == {("quarantined", "leak_alarm")}
    assert not Hold.objects.exists()
    assert not list(store.list())


def test_a_worker_that_died_after_the_decision_loses_nothing(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    decide(sender, hold, decision="mask", regions=[{"picture": 0, "box": BOX}])
    lease = leases.take(job_id=hold.job_id)
    assert lease is not None
    Job.objects.filter(pk=hold.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    run.sweep()
    work_off()
    assert Series.objects.get().state == Series.State.STORED
    assert UploadFile.objects.get().verdict == UploadFile.Verdict.STORED


def test_a_held_job_is_taken_by_nobody(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    assert leases.take(job_id=hold.job_id) is None
    assert run.sweep()["put_back"] == 0
    assert work_off() == 0


def test_images_that_are_here_already_stay_when_more_of_their_series_is_held(
    sender: Sender, subject: Subject
) -> None:
    sender.bring(subject.code, CT[:12])
    before = Series.objects.get().object_name
    more = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in CT[12:15]]
    sender.bring(subject.code, more)
    series = Series.objects.get()
    assert (series.state, series.object_name) == (Series.State.STORED, before)
    hold = Hold.objects.get()
    assert hold.series == series.pk
    decide(sender, hold, decision="refuse")
    series.refresh_from_db()
    assert (series.state, series.instance_count) == (Series.State.STORED, 12)
