"""manage.py sweep_staging: end uploads that were left alone, and delete staged bytes nobody will ask for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from uploads.services import sweeping
from vault import StoreError


class Command(BaseCommand):
    help = (
        "End open uploads of which nothing has arrived for --days, and delete staged files of uploads given "
        "up as long ago, staged objects no row knows of, and what killed writers left, on record."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="without a file, in days (30)")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        days, dry = options["days"], options["dry_run"]
        try:
            gone = sweeping.would_go(days=days) if dry else sweeping.sweep(days=days)
        except StoreError as error:
            raise CommandError(f"{error} Run it again when the store answers.") from None
        for left in gone.expired:
            self.stdout.write(
                f"{left.upload.pk} of {left.upload.subject.code}: {left.arrived} files, {left.bytes} bytes, "
                f"last {left.last:%Y-%m-%d}"
            )
        done = "would go" if dry else "deleted"
        self.stdout.write(
            f"{len(gone.expired)} uploads left alone, {gone.files} files of uploads given up and "
            f"{gone.unknown} unknown objects {done}"
        )
