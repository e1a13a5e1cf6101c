"""The rules of the house that a reader could not check by eye."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "deid": set(),
    "vault": set(),
    "phantom": set(),
    "kicc_send": {"deid"},
    "kicc_fetch": set(),
    "registry": set(),
    "imaging": {"registry", "vault"},
    "uploads": {"imaging", "registry", "deid", "vault"},
    "cohort": {"imaging", "registry", "deid"},
    "releases": {"cohort", "uploads", "imaging", "registry", "vault"},
    "library": {"imaging", "registry"},
    "demo": {"phantom", "deid", "vault", "registry", "imaging", "uploads", "cohort", "releases", "library"},
    "scripts": set(),
}
ALSO = {
    "registry/vaults.py": {"vault"},
    "scripts/deid_docs.py": {"deid"},
    "scripts/manifest.py": {"registry", "imaging", "uploads"},
    "scripts/prepare.py": {"demo"},
    "scripts/fuzz/seeds.py": {"deid", "phantom"},
    "scripts/fuzz/mutate.py": {"deid"},
    "scripts/fuzz/judge.py": {"deid"},
    "scripts/bench": {"tests", "phantom", "deid", "vault", "registry", "imaging", "uploads"},
    "scripts/drills": {"tests", "phantom"},
}
PURE = ("deid", "vault", "phantom", "kicc_send", "kicc_fetch")
FRAMEWORKS = {"django", "rest_framework", "celery", "environ"}
SENDS = "uploads/services/queue.py"
LONGEST = 350
LEFT_OUT = {".git", ".venv", "var", "node_modules", "vendor", "__pycache__", "staticfiles"}
SPEAKS = re.compile(
    r"(^|/)(management/commands/|__main__\.py$|cli(/|\.py$))|^scripts/|^deid/profile/build\.py$"
)


@cache
def tracked() -> tuple[str, ...]:
    """Paths of the project's files: git's list, or everything but state where there is no git."""
    if (ROOT / ".git").exists():
        command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return tuple(str(path) for path in found if not LEFT_OUT & set(path.parts))


def modules(*rooms: str) -> list[str]:
    return [name for name in tracked() if name.endswith(".py") and name.split("/")[0] in rooms]


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(), name)


def imports(name: str) -> Iterator[tuple[str, int]]:
    """First part of each imported name and its line; relative imports stay in their room."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], node.lineno


def calls(name: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(name)) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_room_is_known() -> None:
    rooms = {
        name.split("/")[0] for name in tracked() if name.endswith("__init__.py") and name.count("/") == 1
    }
    assert rooms - {"tests"} <= set(MAY_IMPORT)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_go_one_way(room: str) -> None:
    forbidden = set(MAY_IMPORT) - MAY_IMPORT[room] - {room} | {"tests"}
    if room in PURE:
        forbidden |= FRAMEWORKS
    wrong = [
        f"{name}:{line} imports {imported}"
        for name in modules(room)
        for imported, line in imports(name)
        if imported in forbidden - ALSO.get(name, set()) - ALSO.get(str(Path(name).parent), set())
    ]
    assert not wrong


def test_only_one_part_of_the_engine_looks_at_pixels() -> None:
    """The rest of `deid` runs in a browser, where none of this is."""
    heavy = {"numpy", "PIL", "cv2", "rapidocr", "onnxruntime"}
    outside = [name for name in modules("deid") if not name.startswith("deid/pixels/")]
    wrong = [
        f"{name}:{line} {imported}"
        for name in outside
        for imported, line in imports(name)
        if imported in heavy
    ]
    wrong += [
        f"{name}:{node.lineno}"
        for name in outside
        for node in tree(name).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deid.pixels")
    ]
    assert not wrong


def test_no_module_is_long() -> None:
    long = {
        name: count
        for name in tracked()
        if name.endswith((".py", ".js")) and "/migrations/" not in name
        if (count := len((ROOT / name).read_text().splitlines())) > LONGEST
    }
    assert not long


def test_tasks_are_sent_only_after_the_commit() -> None:
    wrong = [
        f"{name}:{call.lineno}"
        for name in modules(*MAY_IMPORT)
        if name != SENDS
        for call in calls(name)
        if called(call) in {"delay", "apply_async", "send_task"} and isinstance(call.func, ast.Attribute)
    ]
    assert not wrong, f"use delay_on_commit, or {SENDS}: a worker may be faster than the transaction"


def test_no_file_is_read_by_force() -> None:
    wrong = [
        f"{name}:{call.lineno}"
        for name in modules(*MAY_IMPORT)
        for call in calls(name)
        if called(call) in {"dcmread", "read_file", "read_partial"}
        for keyword in call.keywords
        if keyword.arg == "force"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert not wrong, "what is not DICOM is refused, not guessed at"


def test_rooms_log_and_do_not_print() -> None:
    wrong = [
        f"{name}:{call.lineno}"
        for name in modules(*MAY_IMPORT)
        if not SPEAKS.search(name)
        for call in calls(name)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
    assert not wrong


def lines_with(pattern: str, *, left_out: tuple[str, ...] = ()) -> list[str]:
    """path:line of every match in the tracked text files."""
    expression = re.compile(pattern)
    found = []
    for name in tracked():
        if name in left_out:
            continue
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}:{n}" for n, line in enumerate(text.splitlines(), 1) if expression.search(line)]
    return found


def test_no_file_names_a_package_registry() -> None:
    names = ("python" + "hosted", "npm" + "js", "py" + "pi", "yarn" + "pkg", "deb" + "ian")
    assert not lines_with(rf"\b({'|'.join(names)})\.(org|com|net)\b")


def test_no_file_names_a_place_on_a_machine() -> None:
    assert not lines_with(
        r"(?<![\w.$}{*-])/("
        + "|".join(("wo" + "rk", "fa" + "rm", "Us" + "ers", "ro" + "ot"))
        + r")/[A-Za-z.]"
    )


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError")
    assert not lines_with(rf"\b({'|'.join(words)})\b", left_out=("package-lock.json",))


def test_no_test_is_left_out() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name in modules("tests")
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}
    ]
    assert not wrong
