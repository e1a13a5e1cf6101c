"""`make demo-data`, and the first part of `make run`: database, demo accounts, demo cohort.

Runs in the environment of .venv. Each step does only what is missing, so a second run is quick.
"""

import fcntl
import os

from scripts.say import Progress


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.embedded")
    import django
    from django.conf import settings
    from django.core.management import call_command, get_commands

    django.setup()
    steps = {
        "Database": lambda: call_command("migrate", verbosity=0, interactive=False),
        "Demo accounts": lambda: call_command("demo_accounts"),
        "Demo cohort": lambda: call_command("load_demo"),
    }
    if "load_demo" not in get_commands():
        steps.pop("Demo cohort")
    lock = os.open(settings.VAR, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for number, (label, run) in enumerate(steps.items(), 1):
            step = Progress(f"[{number}/{len(steps)}] {label}")
            run()
            step.done()
    finally:
        os.close(lock)


if __name__ == "__main__":
    main()
