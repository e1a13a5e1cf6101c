from typing import Any

from django.core.management.base import BaseCommand

from demo.accounts import create_accounts


class Command(BaseCommand):
    help = "Make the demo's sites and accounts. Refused outside the embedded default."

    def handle(self, *args: Any, **options: Any) -> None:
        create_accounts()
