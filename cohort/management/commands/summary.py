"""`manage.py summary`: the cohort summary, as JSON or as the table's text."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cohort.services.summarising import whole
from cohort.summary.table import further, imaging, table1


class Command(BaseCommand):
    help = "Print the summary of all accepted cases; --json for programs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        view = whole()
        if options["json"]:
            self.stdout.write(json.dumps(view.as_data(), ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{view.accepted} accepted of {view.submitted} submitted")
        for group in (*table1(view.summary), *further(view.summary), *imaging(view.summary)):
            self.stdout.write(f"\n{group.label}")
            for line in group.lines:
                self.stdout.write(f"  {line.label!s:55} {line.value:>32}  {line.of_n:>6} {line.of}")
