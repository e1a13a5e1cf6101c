"""A worker that dies: `python -m tests.uploads.dying` reads numbers and, for each, forks a child that does
the queued jobs and is killed with SIGKILL at its n-th step. A step is a call of the store or a statement of
the database.

Answers a line per number: "killed" or "finished STEPS".
"""

import os
import signal
import sys
from typing import Any

STEPS = 0
LAST = 0


def step() -> None:
    global STEPS
    STEPS += 1
    if STEPS == LAST:
        os.kill(os.getpid(), signal.SIGKILL)


class DyingStore:
    """The store, counted; a writer is a step when it begins, and two when it commits: before and after."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._store, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            step()
            return DyingWriter(call(*args, **kwargs)) if name == "writer" else call(*args, **kwargs)

        return counted


class DyingWriter:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def __enter__(self) -> Any:
        return self._writer.__enter__()

    def __exit__(self, *error: Any) -> Any:
        step()
        answer = self._writer.__exit__(*error)
        step()
        return answer


def work() -> None:
    from django.db import connection

    from registry import vaults
    from tests.uploads.people import work_off

    store = DyingStore(vaults.store())
    vaults.store = lambda: store  # type: ignore[assignment]

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        step()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        work_off()


def main() -> None:
    global LAST
    import django

    django.setup()
    import tests.uploads.people  # noqa: F401 - loaded once, before the children

    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            LAST = int(line)
            work()
            os.write(writing, str(STEPS).encode())
            os._exit(0)
        os.close(writing)
        said = os.read(reading, 100).decode()
        os.close(reading)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"finished {said}", flush=True)


if __name__ == "__main__":
    main()
