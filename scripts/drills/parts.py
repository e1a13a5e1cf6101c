"""The real parts that drills break: PostgreSQL, Valkey, an S3 store behind a relay, web, worker, beat."""

import datetime
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property

from phantom import ct_series, make_person, not_belonging, radiograph
from scripts.drills.judge import judge
from scripts.drills.sender import Bill, Sender
from tests.services.faults import FaultyStore
from tests.services.place import Place
from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.stack import Stack

DAY = datetime.date(2020, 3, 3)


@dataclass(frozen=True)
class Scale:
    """How large the long drills are: sites and slices each, seconds without the store."""

    sites: int = 17
    slices: int = 300
    outage: float = 300.0


@dataclass(frozen=True)
class Result:
    """How a drill ended: what the judge found wrong, what was acknowledged, and a remark."""

    wrong: list[str]
    files: int
    megabytes: float
    remark: str


def judged(stack: Stack, bills: list[tuple[Sender, Bill]], remark: str) -> Result:
    """The end of a drill, while its instance still runs."""
    acknowledged = [len(bill.files[digest]) for _, bill in bills for digest in bill.acknowledged]
    return Result(judge(stack, bills), len(acknowledged), sum(acknowledged) / 1e6, remark)


class Parts:
    """Boots each part when a drill first asks for it; all of it goes at the end."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self._exit = ExitStack()
        self.place = Place()
        self._exit.callback(self.place.close)
        self._seed = 100

    def close(self) -> None:
        self._exit.close()

    @cached_property
    def postgres(self) -> Postgres:
        made = Postgres(self.place, crashes=True)
        made.boot()
        self._exit.callback(made.end)
        return made

    @cached_property
    def s3(self) -> S3:
        made = S3(self.place)
        made.boot()
        self._exit.callback(made.end)
        return made

    @cached_property
    def store(self) -> FaultyStore:
        """What stands between the instance and its store."""
        made = FaultyStore(self.s3.backend.port)
        self._exit.callback(made.close)
        return made

    @cached_property
    def stack(self) -> Stack:
        """An instance on PostgreSQL and S3, with a lease of seconds so that recovery is soon to be seen."""
        made = Stack(self.place, postgres=self.postgres, s3=self.s3)
        made.environment["KICC_S3_ENDPOINT"] = self.store.endpoint
        return self._exit.enter_context(made)

    @contextmanager
    def other(self, **environment: str) -> Iterator[Stack]:
        """An instance of its own on PostgreSQL, its store a directory."""
        made = Stack(self.place, postgres=self.postgres)
        made.environment |= environment
        with made:
            yield made

    def patient(self, *, slices: int = 60, matrix: int = 128) -> tuple[list[bytes], list[bytes]]:
        """A new patient's CT and radiograph, and what does not belong."""
        self._seed += 1
        seed, person = self._seed, make_person(self._seed)
        images = ct_series(seed=seed, slices=slices, matrix=matrix, person=person, study_date=DAY)
        images.append(radiograph(seed=seed, rows=128, person=person, study_date=DAY))
        strays = not_belonging(seed, person=person, study_date=DAY).values()
        return images, [data for data in strays if data]
