"""`manage.py rebuild_release N OUT`: the files of a release, byte for byte as they were."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.export import whole
from releases.frozen import digest
from releases.models import Release
from releases.selectors import Held


class Command(BaseCommand):
    help = "Make the files of release N anew in the folder OUT, and compare each with its digest of then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="N")
        parser.add_argument("out", type=Path, metavar="OUT", help="a folder that is not there yet, or empty")

    def handle(self, *args: Any, **options: Any) -> None:
        release = Release.objects.filter(number=options["number"]).first()
        if release is None:
            raise CommandError(f"There is no release {options['number']}.")
        out: Path = options["out"]
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(f"{out} is there already. Name a folder that is not, or an empty one.")
        held = Held(release)
        wrong = self._content(held)
        sums = []
        for name, made in whole(held.frame, release.digest, held.records):
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            made.content.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(made.content, file)
            sums.append(f"{made.sha256}  {name}\n")
            if release.files.get(name) != made.sha256:
                wrong.append(f"{name} has other bytes than when the release was made")
        (out / "release.json").write_text(release.frame, "utf-8")
        sums.append(f"{hashlib.sha256(release.frame.encode()).hexdigest()}  release.json\n")
        (out / "SHA256SUMS").write_text("".join(sums), "utf-8")
        if wrong:
            made_with = ", ".join(f"{name} {version}" for name, version in held.frame["software"].items())
            raise CommandError("\n".join([*wrong, f"The release was made with {made_with}."]))
        self.stdout.write(f"Release {release.number}, {release.digest}: {len(sums)} files, each as it was.")

    def _content(self, held: Held) -> list[str]:
        """What of the frozen content does not match its digests."""
        cases, wrong = [], []
        told = dict(held.release.cases.values_list("subject__code", "sha256"))
        for record in held.records():
            cases.append((record.code, record.sha256))
            if told[record.code] != record.sha256:
                wrong.append(f"{record.code} is not what was frozen")
        if digest(held.release.frame, cases) != held.release.digest:
            wrong.append("the frozen content does not give the digest of the release")
        return wrong
