"""docs/operations.md names every variable, command and path as it is."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs" / "operations.md").read_text()


def asked(name: str) -> set[str]:
    source = (ROOT / "registry" / "settings" / name).read_text()
    return set(re.findall(r'env(?:\.\w+)?\(\s*"(KICC_\w+)"', source))


def table() -> dict[str, str]:
    """Variables of the table and what their second column says."""
    return dict(re.findall(r"^\| `(KICC_\w+)` \| ([^|]+) \|", TEXT, re.MULTILINE))


def test_every_variable_of_the_settings_is_in_the_table_and_no_other() -> None:
    assert set(table()) == asked("production.py") | asked("base.py") | asked("embedded.py")


def test_the_table_says_which_are_required_and_the_defaults_of_the_rest() -> None:
    says = table()
    assert {n for n, s in says.items() if s == "required" or s.startswith("with ")} == asked("production.py")
    source = (ROOT / "registry" / "settings" / "base.py").read_text()
    defaults = dict(re.findall(r'env\.int\("(KICC_\w+)", default=(\d+)\)', source))
    assert defaults == {name: says[name] for name in defaults}


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`(?:PORT=\d+ )?make ([a-z-]+)", TEXT))
    assert {"run", "test", "setup", "demo-data"} <= named <= targets


def test_every_management_command_named_exists() -> None:
    from django.core.management import get_commands

    named = set(re.findall(r"manage\.py ([a-z_]+)", TEXT))
    assert named <= set(get_commands())
