"""Health checks of the containers: exit 0 when well, 1 with a sentence when not.

python -m scripts.health web [PORT]     /health/ answers 200
python -m scripts.health worker         the worker of this host answers the queue
python -m scripts.health beat SCHEDULE  beat wrote its schedule file lately
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

BEAT_WRITES_WITHIN = 600.0


def web(port: int) -> str | None:
    """What is wrong with the web server, asked under the first name that it serves."""
    host = os.environ.get("KICC_ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".*")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=12)
    try:
        connection.request("GET", "/health/", headers={"Host": host or "127.0.0.1"})
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    except OSError as error:
        return f"no answer: {error}"
    finally:
        connection.close()
    return None if response.status == 200 else f"{response.status}: {text.strip()}"


def worker(host: str) -> str | None:
    """What is wrong with the worker named worker@host."""
    command = [sys.executable, "-m", "celery", "-A", "registry", "inspect", "ping", "--timeout", "5"]
    done = subprocess.run(
        [*command, "--destination", f"worker@{host}"], capture_output=True, text=True, check=False
    )
    return None if done.returncode == 0 else "the worker does not answer the queue"


def beat(schedule: Path) -> str | None:
    """What is wrong with beat: it writes its schedule every three minutes."""
    written = [path.stat().st_mtime for path in schedule.parent.glob(f"{schedule.name}*")]
    if not written:
        return "no schedule was written yet"
    age = time.time() - max(written)
    return None if age < BEAT_WRITES_WITHIN else f"the schedule was last written {age:.0f} s ago"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["web", *port]:
            wrong = web(int(port[0]) if port else 8000)
        case ["worker"]:
            wrong = worker(socket.gethostname())
        case ["beat", schedule]:
            wrong = beat(Path(schedule))
        case _:
            wrong = "usage: python -m scripts.health web [PORT] | worker | beat SCHEDULE"
    if wrong:
        print(wrong, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
