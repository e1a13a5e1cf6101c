"""Database settings from one URL."""

from typing import Any

import environ

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def database(url: str) -> dict[str, Any]:
    """Django's settings for `url` (postgres://… or sqlite:///…).

    SQLite gets a write-ahead log and immediate transactions.
    """
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": dict(SQLITE_OPTIONS)}
    settings: dict[str, Any] = environ.Env.db_url_config(url)
    settings["CONN_MAX_AGE"] = 60
    settings["CONN_HEALTH_CHECKS"] = True
    return settings
