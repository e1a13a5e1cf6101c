"""manage.py sweep_staging: delete staged bytes of abandoned uploads and objects that no row knows of."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from uploads.services import inventory, staging
from vault import StoreError


class Command(BaseCommand):
    help = (
        "Delete staged files of uploads left open or given up for longer than --days, staged objects no row "
        "knows of, and what killed writers left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="age of the upload, in days (30)")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        try:
            if options["dry_run"]:
                files = staging.abandoned(days=days).count()
                unknown = sum(1 for _ in inventory.orphans("staging/"))
            else:
                files, unknown = staging.sweep(days=days)
        except StoreError as error:
            raise CommandError(f"{error} Run it again when the store answers.") from None
        done = "would go" if options["dry_run"] else "deleted"
        self.stdout.write(f"{files} files of abandoned uploads and {unknown} unknown objects {done}")
