"""manage.py sweep_staging: delete staged bytes of abandoned uploads and objects that no row knows of."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registry import vaults
from uploads.models import Upload, UploadFile
from uploads.services import inventory
from vault import StoreError


class Command(BaseCommand):
    help = (
        "Delete staged files of uploads left open for longer than --days, and staged objects no row knows of."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="age of an open upload, in days (30)")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - timedelta(days=options["days"])
        abandoned = UploadFile.objects.exclude(staged_name="").filter(
            upload__state=Upload.State.OPEN, upload__created_at__lt=before
        )
        try:
            unknown = [fault.name for fault in inventory.orphans() if fault.name.startswith("staging/")]
            files = list(abandoned.values_list("pk", "staged_name"))
            for name in unknown if not options["dry_run"] else ():
                vaults.store().delete(name)
            for pk, name in files if not options["dry_run"] else ():
                UploadFile.objects.filter(pk=pk).update(received_at=None)
                vaults.store().delete(name)
                UploadFile.objects.filter(pk=pk).update(staged_name="")
            if not options["dry_run"]:
                vaults.store().discard_unfinished(older_than=options["days"] * 86_400)
        except StoreError as error:
            raise CommandError(f"{error} Run it again when the store answers.") from None
        done = "would go" if options["dry_run"] else "deleted"
        self.stdout.write(
            f"{len(files)} files of abandoned uploads and {len(unknown)} unknown objects {done}"
        )
