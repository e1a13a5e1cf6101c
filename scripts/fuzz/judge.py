"""What must hold for any bytes: a result or a refusal by name, soon, and nobody in the result."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from deid import REFUSALS, Dates, Refused, Result
from deid.engine import Stripper
from deid.full import Done, Recipe, strip_parsed
from deid.profile import RULES
from deid.reading import header, parse
from deid.residue import BINARY
from deid.spelling import VOCABULARY, normalise
from deid.stream import Element, Parser, path_of
from deid.syntax import SYNTAXES
from scripts.fuzz.mutate import mutated
from scripts.fuzz.seeds import Seed

KEY = b"a key for files that nobody has"
SUBJECT = "S01-0001-A"
RECIPE = Recipe(KEY, Dates.day_zero(date(2020, 3, 1)), SUBJECT)
WHERE = re.compile(r"\([0-9A-F]{4},[0-9A-F]{4}\)|offset \d+|more (?:than|text|header)|file meta group")
FACTS = ("head", "tail", "actions", "changed", "findings", "study", "series", "instance", "patient")
SLOWEST, PER_MB = 5.0, 5.0


class Broken(AssertionError):
    """Something that must hold did not; the text says what, and where."""


@dataclass(slots=True)
class Judge:
    """Of what was made of one seed. It keeps a stripper, as a series has one, whose results must be those of
    the full way.
    """

    seed: Seed
    stripper: Stripper
    secrets: frozenset[str]

    @classmethod
    def of(cls, seed: Seed) -> Judge:
        stripper = Stripper(uid_key=KEY, dates=RECIPE.dates, subject=SUBJECT)
        secrets = {normalise(secret) for secret in seed.secrets}
        try:
            done = strip_parsed(parse(seed.data), RECIPE)
            stripper.bare(seed.data)
            secrets |= {term for term in done.terms.words | done.terms.parts if len(term) > 4}
        except Refused:
            pass
        return cls(seed, stripper, frozenset(secrets - VOCABULARY))

    def __call__(self, data: bytes) -> str:
        """The code of the refusal, or "stripped". Raises Broken, or whatever the engine raised."""
        begun = time.perf_counter()
        done: Done | None = None
        refused: Refused | None = None
        try:
            done = strip_parsed(parse(data), RECIPE)
        except Refused as error:
            refused = error
        self._quick_way(data, done, refused)
        if done is not None:
            self._clean(done)
            _again(done.result)
        seconds = time.perf_counter() - begun
        if seconds > SLOWEST + PER_MB * len(data) / 1e6:
            raise Broken(f"{seconds:.1f} s for {len(data)} bytes")
        if refused is None:
            return "stripped"
        if refused.code not in REFUSALS or not WHERE.search(refused.where):
            raise Broken(f"{refused.code} without a place: {refused.where!r}")
        return refused.code

    def _quick_way(self, data: bytes, done: Done | None, refused: Refused | None) -> None:
        try:
            result = self.stripper.bare(data)
        except Refused as error:
            if refused is None or (error.code, error.where) != (refused.code, refused.where):
                raise Broken(f"only in a series: {error.code} {error.where}") from error
            return
        if done is None:
            raise Broken("stripped in a series only")
        for field in FACTS:
            if getattr(result, field) != getattr(done.result, field):
                raise Broken(f"another {field} in a series")

    def _clean(self, done: Done) -> None:
        result, known = done.result, {needle.decode("utf-8", "replace") for needle in done.terms.needles}
        text = result.head.lower()
        for secret in self.secrets:
            for encoding in ("utf-8", "cp949", "utf-16-le"):
                needle = secret.encode(encoding, "ignore")
                spot = text.find(needle) if len(needle) > 3 else -1
                if spot >= 0 and not _tolerated(result, spot, secret in known):
                    raise Broken(f"an identifier of {self.seed.name} stands at offset {spot} of the result")


def damaged(number: int, judges: Sequence[Judge]) -> tuple[Judge, bytes]:
    """The file that a number makes of the judges' seeds, always the same one, and who judges it."""
    random = Random(number)
    judge = random.choice(judges)
    return judge, mutated(random, judge.seed.data, random.choice(judges).seed.data)


def _tolerated(result: Result, spot: int, known: bool) -> bool:
    """Whether the place is one where a name that stands nowhere else in the file is not recognised: text of
    the device, binary values (docs/deidentification.md). Damage can put anything there.
    """
    for element, path in _leaves(result):
        if element.begin <= spot < element.end:
            rule = RULES.get(element.tag)
            unknown = not known and (element.vr in BINARY or rule is None or rule.action == "K")
            return unknown or path == "(0010,0020)"
    return False


def _leaves(result: Result) -> Iterator[tuple[Element, str]]:
    head = result.head
    meta, position = Parser(head, explicit=True, little=True), 132
    uid = b""
    while head[position : position + 2] == b"\x02\x00":
        element, position = meta.element(position, len(head), 0, True, True)
        uid = head[element.begin : element.end] if element.tag == 0x00020010 else uid
        yield element, path_of(element.tag)
    chosen = SYNTAXES[uid.rstrip(b"\0").decode()]
    parser = Parser(result.data, explicit=chosen.explicit, little=chosen.little)
    yield from _flat(parser.dataset(position)[0], "")


def _flat(elements: list[Element], prefix: str) -> Iterator[tuple[Element, str]]:
    for element in elements:
        path = prefix + path_of(element.tag)
        if element.items is None:
            yield element, path
        for number, item in enumerate(element.items or ()):
            yield from _flat(item, f"{path}[{number}]>")


def _again(result: Result) -> None:
    """What was stripped passes once more, without a change, and other readers can read it."""
    try:
        again = strip_parsed(parse(result.data), Recipe(KEY, Dates.keep(), SUBJECT)).result
    except Refused as error:
        raise Broken(f"the result is refused: {error.code} {error.where}") from error
    if again.changed:
        raise Broken(f"a second pass changes {again.changed[0].path} ({again.changed[0].reason})")
    if again.pixel_sha256_before != result.pixel_sha256_after:
        raise Broken("a second pass has another image")
    if header(result.data).get("PatientID") != SUBJECT:
        raise Broken("another reader finds another patient")
