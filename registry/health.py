"""Is every component up? Small checks, each a name, an answer and a sentence."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from registry import vaults
from registry.celery import app

LOW_DISK_BYTES = 1024**3


@dataclass(frozen=True)
class Line:
    name: str
    ok: bool
    message: str
    seconds: float


def check() -> list[Line]:
    """One line per component, in the order of the way of a slice."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "queue": _queue,
        "worker": _worker,
        "store": _store,
        "disk": _disk,
        "keys": _keys,
    }
    return [_run(name, function) for name, function in checks.items()]


def _run(name: str, function: Callable[[], str]) -> Line:
    began = time.monotonic()
    try:
        message, ok = function(), True
    except Exception as error:
        message, ok = str(error) if isinstance(error, Down) else type(error).__name__, False
    return Line(name, ok, message, time.monotonic() - began)


class Down(Exception):
    """A component does not do its work; the text says what an operator should look at."""


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.vendor


def _queue() -> str:
    url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    try:
        client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        client.ping()
    except redis.RedisError:
        raise Down(_("The queue does not answer. Is Valkey running?")) from None
    return _("answers")


def _worker() -> str:
    try:
        answers = app.control.inspect(timeout=1.5).ping() or {}
    except Exception:
        answers = {}
    if not answers:
        raise Down(_("No worker answers. Uploads wait until one is started."))
    return _("%(count)d working") % {"count": len(answers)}


def _store() -> str:
    vaults.store().ping()
    return str(settings.STORE)


def _disk() -> str:
    path = Path(settings.STORE_DIR) if settings.STORE == "directory" else settings.ROOT
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free
    text = _("%(free).1f GB free") % {"free": free / 1e9}
    if free < LOW_DISK_BYTES:
        raise Down(text)
    return text


def _keys() -> str:
    vaults.master_key()
    return _("readable")
