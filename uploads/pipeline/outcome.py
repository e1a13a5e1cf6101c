"""How a series job ends: one transaction under the lease, with rows, verdicts and the audit trail."""

from typing import Any

from django.db import transaction

from deid.receipt import Content
from imaging.models import Series
from imaging.services.recording import Archive, hold_back, record_series
from imaging.services.withdrawing import stands_for
from imaging.validation import finding
from registry.models import AuditEvent, Subject
from registry.services import audit
from uploads.evidence import Receipt
from uploads.models import Hold
from uploads.pipeline import leaks
from uploads.pipeline.answers import Verdict
from uploads.pipeline.looking import BURNED_IN
from uploads.pipeline.work import Work
from uploads.services import choices, receipts, unclaimed

ELEMENTS_TOLD = 40


def record(work: Work, archive: Archive) -> None:
    """The series is stored as `archive`; its files get their verdicts. LostLease, Withdrawn."""
    work.answers.give_all([f for f in work.new if f not in work.answers], Verdict.STORED, "")
    refused = work.answers.counts(Verdict.REFUSED)
    if other := refused.get("duplicate_uid_other_pixels"):
        work.add_findings(finding("duplicate_uid_other_pixels", {"count": other}))
    if refused:
        work.add_findings(finding("files_refused", {"count": sum(refused.values())}))
    if not work.lease.job.upload.stripped_by:
        work.add_findings(finding("dates_shifted_here"))
    work.add_findings(*_about_text(work), *choices.findings(work.lease.job))
    old = work.existing
    with transaction.atomic():
        work.lease.hold()
        subject = Subject.objects.select_for_update(no_key=True).get(pk=work.subject.pk)
        series = record_series(
            subject=subject,
            identifier=work.identifier,
            instances=work.stored,
            archive=archive,
            origin=work.origin(),
        )
        stands_for(series=series, earlier=work.earlier)
        unclaimed.claim(
            names=[name for name in (archive.object_name, archive.preview_name) if name],
            released=[name for name in (old.object_name, old.preview_name) if name] if old else [],
        )
        work.answers.write()
        work.lease.finish(findings=work.findings)
        content = {**work.tally.content(dates=work.dates), "pictures": work.looking.told()}
        receipt = _receipt(work, series, "stored", content)
        _audit(
            work,
            AuditEvent.Verb.SERIES_STORED,
            {"instances": len(work.stored), "receipt": receipt.digest, "refused": refused},
        )


def _about_text(work: Work) -> list[dict[str, Any]]:
    """What a reader of the stored series should know about text in its pictures."""
    decided = work.looking.decided
    hidden = _about_bits(work)
    if decided and decided[-1].decision == Hold.Decision.KEEP:
        return [finding("text_kept"), *hidden]
    if work.looking.masked:
        return [finding("text_masked", {"count": len(work.looking.masked)}), *hidden]
    return hidden


def _about_bits(work: Work) -> list[dict[str, Any]]:
    return [finding("overlay_in_pixels")] if work.looking.hidden else []


def record_held(work: Work) -> None:
    """Text was found: the series waits for a person of its hospital, its staged bytes stay. LostLease."""
    looking = work.looking
    shown = looking.pictures
    told = {"count": len(shown)}
    code = "burned_in_text" if looking.found else "burned_in_said" if looking.said else "burned_in_bits"
    waiting = [file for file in work.new if file not in work.answers]
    if not waiting:
        record_nothing(work)
        return
    work.answers.give_all(waiting, Verdict.QUARANTINED, BURNED_IN)
    work.findings = [*work.lease.job.findings, finding(code, told), *_about_bits(work)]
    with transaction.atomic():
        work.lease.hold()
        subject = Subject.objects.select_for_update(no_key=True).get(pk=work.subject.pk)
        if work.facts is not None:
            hold_back(subject=subject, identifier=work.identifier, facts=work.facts, origin=work.origin())
        hold = Hold.objects.create(
            job=work.lease.job,
            series=work.identifier,
            said=looking.said,
            found=[picture.kept() for picture in shown],
        )
        work.answers.write()
        work.lease.set_aside()
        _audit(work, AuditEvent.Verb.SERIES_QUARANTINED, {"hold": str(hold.pk), **told})


def record_nothing(work: Work) -> None:
    """No object was worth writing; every file has its answer. LostLease."""
    with transaction.atomic():
        work.lease.hold()
        work.answers.write()
        work.lease.finish()
        if refused := work.answers.counts(Verdict.REFUSED):
            _audit(work, AuditEvent.Verb.FILE_REFUSED, {"codes": refused})


def record_leak(work: Work, leak: leaks.Leak) -> None:
    """The series is held back because of what was found. LostLease."""
    told = {"count": len(leak.elements), "elements": leak.elements[:ELEMENTS_TOLD]}
    work.findings = [*work.lease.job.findings, finding("leak_alarm", told)]
    work.answers.give_all(work.new, Verdict.QUARANTINED, "leak_alarm")
    with transaction.atomic():
        work.lease.hold()
        subject = Subject.objects.select_for_update(no_key=True).get(pk=work.subject.pk)
        assert work.leaking is not None
        series = hold_back(
            subject=subject, identifier=work.identifier, facts=work.leaking, origin=work.origin()
        )
        work.answers.write()
        work.lease.finish(error="leak_alarm", findings=work.findings)
        receipt = _receipt(work, series, "held back", leak.content(dates=work.dates))
        leaks.raise_alarm(work, leak, receipt)
        _audit(work, AuditEvent.Verb.SERIES_QUARANTINED, {**told, "receipt": receipt.digest})


def _receipt(work: Work, series: Series | None, outcome: str, content: Content) -> Receipt:
    """Sign what was done, and put the short form on the series. Late: other workers wait for the chain."""
    upload = work.lease.job.upload
    receipt, short = receipts.issue(
        upload=upload,
        series=work.identifier,
        content={**content, "outcome": outcome, "stripped_by": upload.stripped_by},
    )
    if series is not None:
        series.receipt = {"passes": [*series.receipt.get("passes", []), short]}
        series.save(update_fields=["receipt"])
    return receipt


def _audit(work: Work, verb: AuditEvent.Verb, detail: dict[str, Any]) -> None:
    audit.record(
        verb=verb,
        subject_code=work.subject.code,
        target=str(work.identifier),
        detail={"upload": str(work.lease.job.upload_id), **detail},
    )
