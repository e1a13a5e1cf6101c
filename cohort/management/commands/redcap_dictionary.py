"""REDCap's data dictionary out of a dictionary, or the files of a dictionary out of REDCap's.

manage.py redcap_dictionary out [--id kicc19-1] FILE.csv
manage.py redcap_dictionary in FILE.csv --id mers-1 DIRECTORY
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort import dictionary
from cohort.items import DictionaryError
from cohort.redcap.files import write_files
from cohort.redcap.reading import take
from cohort.redcap.writing import data_dictionary


class Command(BaseCommand):
    help = "Write a dictionary as REDCap's data dictionary (out), or make one of REDCap's (in)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("way", choices=["in", "out"])
        parser.add_argument("file", type=Path)
        parser.add_argument("directory", type=Path, nargs="?", help="where the three files go (in)")
        parser.add_argument("--id", default=dictionary.CURRENT)

    def handle(self, *args: Any, **options: Any) -> None:
        file, identifier, directory = options["file"], options["id"], options["directory"]
        try:
            if options["way"] == "out":
                file.write_bytes(data_dictionary(identifier))
                return
            if directory is None:
                raise CommandError("Say where the three files go: redcap_dictionary in FILE.csv DIRECTORY")
            taken = take(file.read_bytes(), identifier=identifier)
            write_files(taken.source, directory / taken.dictionary.id)
        except DictionaryError as error:
            raise CommandError(f"The dictionary is not as it should be: {error}.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        for name, why in taken.left_out:
            self.stdout.write(f"left out: {name}: {why}")
        self.stdout.write(
            f"{len(taken.dictionary.items)} items in {taken.dictionary.id}.csv, .ko.csv and .toml"
        )
