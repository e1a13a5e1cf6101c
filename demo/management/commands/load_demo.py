import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from demo.accounts import create_accounts
from demo.loading import load, waiting


class Command(BaseCommand):
    help = "Make the demo's sites, accounts and patients; quick when they are there. Refused outside a demo."

    def handle(self, *args: Any, **options: Any) -> None:
        create_accounts()
        patients = waiting()
        began, total = time.monotonic(), len(patients)
        for count, patient in enumerate(load(), start=1):
            left = (time.monotonic() - began) / count * (total - count)
            end = "\n" if count == total or not sys.stdout.isatty() else "\r"
            self.stdout.write(
                f"demo patients: {count} of {total} ({patient.site}), about {left:.0f} s left   ", ending=end
            )
            self.stdout.flush()
