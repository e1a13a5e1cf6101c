import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from demo.accounts import create_accounts
from demo.loading import load


class Command(BaseCommand):
    help = "Make the demo's sites, accounts and cohort; quick when they are there. Refused outside a demo."

    def handle(self, *args: Any, **options: Any) -> None:
        create_accounts()
        began, told = time.monotonic(), 0
        for step in load():
            if int(step.share * 20) == told and step.people < step.total:
                continue
            told = int(step.share * 20)
            left = (time.monotonic() - began) * (1 / step.share - 1)
            end = "\n" if step.people == step.total or not sys.stdout.isatty() else "\r"
            self.stdout.write(
                f"demo cohort: {step.people} of {step.total} people, about {left:.0f} s left   ", ending=end
            )
            self.stdout.flush()
