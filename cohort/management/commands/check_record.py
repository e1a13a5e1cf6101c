"""python manage.py check_record: exit 1 and a list when the record of answers does not hold."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from cohort.models import Case
from cohort.services import record_check


class Command(BaseCommand):
    help = "Checks that answers are what their changes add up to, and that signatures fit."

    def handle(self, *args: Any, **options: Any) -> None:
        found = record_check.check()
        for difference in found:
            self.stdout.write(str(difference))
        if found:
            self.stdout.write(f"{len(found)} differences.")
            sys.exit(1)
        self.stdout.write(f"The record of {Case.objects.count()} cases holds.")
