"""`manage.py summary`: the summary of the cohort or of a release, as JSON or as the table's text."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort.services.summarising import whole
from cohort.summary.summarise import Summary, as_data, summarise
from cohort.summary.table import deaths, further, imaging, table1
from registry.errors import Problem
from releases.models import Release
from releases.selectors import Held


class Command(BaseCommand):
    help = "Print the summary of all accepted cases, or of a release; --json for programs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--release", type=int, metavar="N", help="of release N instead of the cohort now")
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="FILTER=VALUE",
            help="only the people of this group, as on the cohort page (sex=2); several narrow together",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["release"] is not None:
            if options["where"]:
                raise CommandError("A release is whole; leave --where out.")
            summary, data, first = self._release(options["release"])
        else:
            try:
                view = whole(dict(one.partition("=")[::2] for one in options["where"]))
            except Problem as problem:
                raise CommandError(problem.message) from None
            summary, data = view.summary, view.as_data()
            first = f"{view.accepted} accepted of {view.submitted} submitted"
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
            return
        self.stdout.write(first)
        tables = (table1, imaging, deaths, further)
        for group in (group for table in tables for group in table(summary)):
            self.stdout.write(f"\n{group.label}")
            for line in group.lines:
                self.stdout.write(f"  {line.label!s:55} {line.value:>32}  {line.of_n:>6} {line.of}")

    def _release(self, number: int) -> tuple[Summary, dict[str, Any], str]:
        """The summary of a release, as data, and its first line in print."""
        release = Release.objects.filter(number=number).first()
        if release is None:
            raise CommandError(f"There is no release {number}.")
        summary = summarise([record.person for record in Held(release).records()])
        about = {"number": number, "sha256": release.digest, "made_at": release.made_at.isoformat()}
        data = {"schema": "kicc-summary/1", "release": about, **as_data(summary)}
        return summary, data, f"Release {number}, {release.digest}"
