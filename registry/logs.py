"""Logs: one line of key=value per event. Events name codes and public references, never identities."""

import sys
import traceback
from pathlib import Path

import structlog
from structlog.typing import EventDict

TELL_OF_REQUESTS = ("django.request", "django.security", "django.server")
shared_processors = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def without_values(logger: object, name: str, event: EventDict) -> EventDict:
    """Tell an exception by its type and its frames; its text may hold what a file or a form held."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0]:
        frames = traceback.extract_tb(info[2])
        event["exception"] = info[0].__name__
        event["frames"] = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    return event


def without_request(logger: object, name: str, event: EventDict) -> EventDict:
    """Tell an answer of Django by route and status; addresses, hosts and methods are the sender's words."""
    record = event.get("_record")
    if record is None or not record.name.startswith(TELL_OF_REQUESTS):
        return event
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    event["event"] = "request not answered as asked"
    event["route"] = match.view_name if match else "unmatched"
    event["status"] = getattr(record, "status_code", None)
    return event


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """Formatter of every handler, for our own events and for other libraries' records."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared_processors,
        processors=[
            without_request,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_values,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
    )


structlog.configure(
    processors=[*shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
