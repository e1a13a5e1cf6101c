import logging
from typing import Any

import structlog

from registry.logs import formatter


def line(exc_info: Any = None) -> str:
    record = logging.LogRecord("uploads", logging.ERROR, __file__, 1, "sorting failed", (), exc_info)
    return formatter().format(record)


def test_an_exception_is_told_without_the_text_it_carries() -> None:
    try:
        raise ValueError("bad value 'HONG^GILDONG' for (0010,0010)")
    except ValueError as error:
        text = line(exc_info=(type(error), error, error.__traceback__))
    assert "HONG" not in text
    assert "exception=ValueError" in text
    assert "test_logs.py" in text


def test_an_event_is_one_line_with_its_fields() -> None:
    assert "\n" not in line()
    assert 'event="sorting failed"' in line()
    assert structlog.is_configured()
