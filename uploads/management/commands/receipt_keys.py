import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deid import signing
from uploads.services import receipts


class Command(BaseCommand):
    help = "Print the public keys of receipts, as /api/v1/receipt-keys/ does, or as PEM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pem", action="store_true", help="PEM, the key in use first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["pem"]:
            self.stdout.write("".join(signing.pem(key) for key in receipts.public_keys().values()), ending="")
        else:
            self.stdout.write(json.dumps(receipts.published(), indent=1))
