"""Verdicts, collected while a job works and written in its last transaction."""

from collections import Counter
from collections.abc import Iterable

from uploads.models import UploadFile

Verdict = UploadFile.Verdict


class Answers:
    """Verdict, code and place per file; `write` puts them on record."""

    def __init__(self) -> None:
        self._files: dict[int, UploadFile] = {}

    def give(self, file: UploadFile, verdict: Verdict, code: str = "", where: str = "") -> None:
        file.verdict, file.code, file.where = verdict, code, where[:80]
        self._files[file.pk] = file

    def refuse(self, file: UploadFile, code: str, where: str = "") -> None:
        self.give(file, Verdict.REFUSED, code, where)

    def give_all(self, files: Iterable[UploadFile], verdict: Verdict, code: str) -> None:
        for file in files:
            self.give(file, verdict, code)

    def __contains__(self, file: UploadFile) -> bool:
        return file.pk in self._files

    def counts(self, verdict: Verdict) -> dict[str, int]:
        """Code → number of files with this verdict."""
        return dict(sorted(Counter(f.code for f in self._files.values() if f.verdict == verdict).items()))

    def write(self) -> None:
        UploadFile.objects.bulk_update(self._files.values(), ["verdict", "code", "where"], batch_size=500)
