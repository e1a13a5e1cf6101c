import sys
from typing import Any

from django.core.management.base import BaseCommand

from registry.services import audit


class Command(BaseCommand):
    help = "Check that no audit event was changed or removed; exit 1 and a list otherwise."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(audit.breaks())
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            sys.exit(1)
        self.stdout.write("The audit trail holds.")
