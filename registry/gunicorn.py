"""How gunicorn serves the registry: `gunicorn --config python:registry.gunicorn registry.wsgi`.

Address and number of workers are given on the command line. Its log never repeats what a request said.
"""

import os
import sys
from typing import Any

from gunicorn.glogging import Logger

from registry.logs import without_values

STARTING = "Exception in worker process"
SHARED_MEMORY = "/dev/shm"


class WithoutRequests(Logger):
    """Tells refused and failed requests by the kind of error, never by their method, address or header."""

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Invalid request"):
            kind = sys.exc_info()[0]
            msg, args = f"Invalid request: {kind.__name__ if kind else 'unreadable'}", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if msg == STARTING:
            super().exception(msg, *args, **kwargs)
            return
        told = without_values(None, "", {"exc_info": True})
        self.error("Request failed: %s at %s", told.get("exception"), told.get("frames"))


worker_class = "gthread"
threads = 8
timeout = 120
control_socket_disable = True
worker_tmp_dir = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
accesslog = None
logger_class = WithoutRequests
