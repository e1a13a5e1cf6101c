"""``strip``: one file in, the same image without identity out."""

from __future__ import annotations

from functools import lru_cache

from deid.codes import Refused
from deid.dates import Dates
from deid.full import PATIENT_ID, STUDY, Recipe, strip_parsed
from deid.model import Result
from deid.reading import MAX_BYTES, Parsed, parse, value_of
from deid.series import Template

MIN_KEY = 16
_TEMPLATES = 4


def strip(data: bytes, *, uid_key: bytes, dates: Dates, subject: str = "") -> Result:
    """De-identifies one DICOM file.

    ``uid_key`` (16 bytes or more) replaces UIDs; ``dates`` says how dates move; ``subject`` (ASCII, without
    backslash) is written to Patient ID and Patient's Name, which are empty otherwise. Deflated data sets come
    out as Explicit VR Little Endian, all others in the transfer syntax they came in. Raises Refused, never
    half a result.
    """
    return _stripper(uid_key, dates, subject).strip(data)


class Stripper:
    """``strip`` for many files under one recipe; it remembers what the files of a series share.

    ``dates`` None moves dates by an offset keyed by subject code, else Patient ID, else Study Instance UID.
    Raises ValueError where the key is short or the subject code cannot be written.
    """

    def __init__(self, *, uid_key: bytes, dates: Dates | None, subject: str = "") -> None:
        if len(uid_key) < MIN_KEY:
            raise ValueError(f"uid_key needs {MIN_KEY} bytes or more")
        check_subject(subject)
        self._uid_key, self._dates, self._subject = uid_key, dates, subject
        self._templates: list[Template] = []

    def strip(self, data: bytes) -> Result:
        """Raises Refused, never half a result."""
        try:
            return self.bare(data)
        except Refused:
            raise
        except MemoryError as error:
            raise Refused("too_large", "memory of this computer") from error
        except Exception as error:
            raise Refused("corrupt", type(error).__name__) from error

    def bare(self, data: bytes) -> Result:
        """The same, without the cover for errors of the engine itself: for tests that look for them."""
        if len(data) <= MAX_BYTES:
            for template in self._templates:
                result = template.strip(data)
                if result is not None:
                    return result
        return self._fully(data)

    def _fully(self, data: bytes) -> Result:
        parsed = parse(data)
        recipe = Recipe(self._uid_key, self._dates or self._keyed(parsed), self._subject)
        done = strip_parsed(parsed, recipe)
        template = Template.of(parsed, done, recipe)
        if template is not None:
            self._templates = [template, *self._templates[: _TEMPLATES - 1]]
        return done.result

    def _keyed(self, parsed: Parsed) -> Dates:
        ref = self._subject or value_of(parsed, PATIENT_ID) or value_of(parsed, STUDY)
        return Dates.keyed(self._uid_key, ref)


def check_subject(subject: str) -> None:
    """Raises ValueError where a subject code cannot be written to Patient ID and Patient's Name."""
    if not subject.isascii() or not subject.isprintable() or len(subject) > 64 or set(subject) & set("\\^= "):
        raise ValueError(
            "must be printable ASCII of at most 64 characters, without blank, backslash, ^ and ="
        )


@lru_cache(maxsize=8)
def _stripper(uid_key: bytes, dates: Dates, subject: str) -> Stripper:
    return Stripper(uid_key=uid_key, dates=dates, subject=subject)
