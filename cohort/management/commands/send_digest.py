"""python manage.py send_digest: the mails of today that were not sent yet."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cohort.services import digest


class Command(BaseCommand):
    help = "Sends each person one mail about what waits; off unless KICC_DIGEST_ADDRESS is set."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DIGEST_ADDRESS:
            self.stdout.write("KICC_DIGEST_ADDRESS is not set: no mail is sent.")
            return
        self.stdout.write(f"{digest.send_all()} sent.")
