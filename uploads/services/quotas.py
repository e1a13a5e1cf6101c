"""How much a site has here, and whether more may come."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, Sum

from imaging.models import Series
from registry.errors import Problem
from registry.models import Site
from registry.services.approvals import GIGABYTE
from uploads.models import Upload, UploadFile

UNFINISHED = (Upload.State.OPEN, Upload.State.PROCESSING)


@dataclass(frozen=True)
class Usage:
    """Bytes stored, bytes promised by uploads that are not finished, and uploads that are open."""

    stored: int
    promised: int
    open_uploads: int

    @property
    def bytes(self) -> int:
        return self.stored + self.promised


def usage(*, site: Site) -> Usage:
    sealed = Series.objects.sealed().filter(exam__subject__site=site)
    stored = sealed.aggregate(n=Sum("plain_bytes"))["n"]
    waiting = UploadFile.objects.filter(
        Q(verdict=""), upload__subject__site=site, upload__state__in=UNFINISHED
    ).aggregate(n=Sum("size"))["n"]
    return Usage(
        stored or 0,
        waiting or 0,
        Upload.objects.filter(subject__site=site, state=Upload.State.OPEN).count(),
    )


def check(*, site: Site, new: Mapping[str, int]) -> None:
    """Problem quota_open or quota_bytes when an upload with these new files (digest → bytes) is too much.

    Called in the transaction that makes the upload; it locks the site, so two do not slip in together.
    """
    site = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    used, wanted = usage(site=site), sum(new.values())
    if used.open_uploads >= site.max_open_uploads:
        raise Problem("quota_open", site=site.code, limit=site.max_open_uploads)
    if site.max_bytes is not None and wanted and used.bytes + wanted > site.max_bytes:
        left = max(0, site.max_bytes - used.bytes)
        raise Problem("quota_bytes", site=site.code, left=left / GIGABYTE, wanted=wanted / GIGABYTE)
