"""manage.py verify_store: every sealed object opens and matches its index; none is missing or left over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from uploads.services import inventory
from vault import StoreError


class Command(BaseCommand):
    help = "Open every sealed object and compare it to its index; list what is damaged, missing or left over."

    def handle(self, *args: Any, **options: Any) -> None:
        good, faults = 0, []
        try:
            for item in inventory.objects():
                if isinstance(item, inventory.Fault):
                    faults.append(item)
                    self.stdout.write(str(item))
                else:
                    good += 1
            orphans = list(inventory.orphans())
        except StoreError as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        for orphan in orphans:
            self.stdout.write(str(orphan))
        self.stdout.write(f"{good} objects good, {len(faults)} faulty or missing, {len(orphans)} orphans")
        if records := inventory.synthetic():
            self.stdout.write(f"{records} synthetic records: no images, nothing to open")
        if faults or orphans:
            raise CommandError("The store and the tables do not agree; the list is above.")
