"""Logs: one line of key=value per event. Events name codes and public references, never identities."""

import structlog

shared_processors = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def render(logger: object, name: str, event: dict[str, object]) -> str:
    """Last processor of the log chain."""
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return str(structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])(logger, name, event))


structlog.configure(
    processors=[*shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
