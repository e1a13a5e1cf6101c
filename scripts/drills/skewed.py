"""`python -m scripts.drills.skewed SECONDS MODULE ARGUMENT…`: run a program whose clock is wrong.

What a program asks of `datetime` and `time.time` is shifted; timers go on as they do. A library that is
preloaded for the purpose breaks waiting with a timeout in Python's threads.
"""

import datetime
import runpy
import sys
import time
from typing import Any

REAL = datetime.datetime


def shift(seconds: float) -> None:
    """From now on, in this process and its children."""
    by, clock = datetime.timedelta(seconds=seconds), time.time

    class AnyDatetime(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, REAL)

    class Shifted(REAL, metaclass=AnyDatetime):
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return REAL(*args, **kwargs)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return REAL.now(tz) + by

        @classmethod
        def utcnow(cls) -> Any:
            return REAL.now(datetime.UTC).replace(tzinfo=None) + by

    datetime.datetime = Shifted  # type: ignore[misc]
    time.time = lambda: clock() + seconds


if __name__ == "__main__":
    shift(float(sys.argv[1]))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
