import logging

import structlog

from registry.logs import formatter


def line(**extra: object) -> str:
    handler, out = logging.StreamHandler(), []
    handler.setFormatter(formatter())
    record = logging.LogRecord("uploads", logging.ERROR, __file__, 1, "sorting failed", (), extra.get("exc_info"))  # type: ignore[arg-type]
    out.append(handler.format(record))
    return out[0]


def test_an_exception_is_told_without_the_text_it_carries() -> None:
    try:
        raise ValueError("bad value 'HONG^GILDONG' for (0010,0010)")
    except ValueError as error:
        text = line(exc_info=(type(error), error, error.__traceback__))
    assert "HONG" not in text
    assert "exception=ValueError" in text
    assert "test_logs.py" in text


def test_an_event_is_one_line_with_its_fields(caplog: object) -> None:
    assert "\n" not in line()
    assert 'event="sorting failed"' in line()
    assert structlog.is_configured()
