"""Is every component up? Small checks, each a name, an answer and a sentence."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry import vaults
from registry.celery import app
from registry.models import SubjectKey
from registry.services import upkeep

LOW_DISK_BYTES = 1024**3
KEPT_SECONDS = 3.0
WORKER_ANSWERS_WITHIN = 1.0
MISSED_SWEEPS = 4
STARTED = time.monotonic()


@dataclass(frozen=True)
class Line:
    name: str
    ok: bool
    message: str
    seconds: float


ORDER = ("database", "queue", "worker", "beat", "store", "disk", "keys")
_lock = threading.Lock()
_kept: dict[str, tuple[float, list[Line]]] = {}


def check() -> list[Line]:
    """One line per component, in the order of the way of a slice; kept for three seconds per language."""
    with _lock:
        language = get_language() or ""
        if language not in _kept or time.monotonic() - _kept[language][0] > KEPT_SECONDS:
            lines = _check()
            _kept[language] = (time.monotonic(), lines)
        return _kept[language][1]


def _check() -> list[Line]:
    database, queue = _run("database", _database), _run("queue", _queue)
    checks: dict[str, Callable[[], str]] = {"store": _store, "disk": _disk}
    if queue.ok:
        checks = {"worker": _worker, **checks}
    if database.ok:
        checks |= {"keys": _keys, "beat": _beat}
    lines = {line.name: line for line in (database, queue)}
    lines |= {name: _run(name, function) for name, function in checks.items()}
    return [lines.get(name) or Line(name, False, _("not asked"), 0.0) for name in ORDER]


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
        answers = app.control.inspect(timeout=WORKER_ANSWERS_WITHIN).ping() or {}
    except Exception:
        answers = {}
    if not answers:
        raise Down(_("No worker answers. Uploads wait until one is started."))
    return _("%(count)d working") % {"count": len(answers)}


def _beat() -> str:
    """A process that was just started gives the sweep time to run first."""
    last, running = upkeep.seconds_since_beat(), time.monotonic() - STARTED
    passed = running if last is None else min(last, running)
    if passed > MISSED_SWEEPS * settings.SWEEP_SECONDS + WORKER_ANSWERS_WITHIN:
        raise Down(
            _("Nothing was swept for %(seconds)d s. Is beat running, and a worker?") % {"seconds": passed}
        )
    return _("sweeps") if last is not None else _("starting")


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
    first = SubjectKey.objects.filter(wrapped__isnull=False).select_related("subject").order_by("pk").first()
    if first is None:
        return _("readable")
    try:
        vaults.unwrap(bytes(first.wrapped), first.subject.code)
    except vaults.KeyFailure:
        raise Down(_("The master key does not open the subjects' keys. Put back the right one.")) from None
    return _("open the subjects' keys")
