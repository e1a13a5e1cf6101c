"""`manage.py summary`: the cohort summary, as JSON or as the table's text."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort.services.summarising import whole
from cohort.summary.table import deaths, further, imaging, table1
from registry.errors import Problem


class Command(BaseCommand):
    help = "Print the summary of all accepted cases; --json for programs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="FILTER=VALUE",
            help="only the people of this group, as on the cohort page (sex=2); several narrow together",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            view = whole(dict(one.partition("=")[::2] for one in options["where"]))
        except Problem as problem:
            raise CommandError(problem.message) from None
        if options["json"]:
            self.stdout.write(json.dumps(view.as_data(), ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{view.accepted} accepted of {view.submitted} submitted")
        tables = (table1, imaging, deaths, further)
        for group in (group for table in tables for group in table(view.summary)):
            self.stdout.write(f"\n{group.label}")
            for line in group.lines:
                self.stdout.write(f"  {line.label!s:55} {line.value:>32}  {line.of_n:>6} {line.of}")
