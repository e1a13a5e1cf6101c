"""What the browser's Python is given: static/vendor/deid/engine.zip holds deid/, the rules that the upload
page shares with the registry (`SHARED`) and pydicom as they are here, sheet.zip beside it openpyxl, which
only the import page needs.

Same sources, same bytes: entries are sorted and carry no time. Standard library only; packages are taken from
the environment that the lock filled.
"""

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scripts.say import Stop, end

OLDEST_TIME = (1980, 1, 1, 0, 0, 0)
OURS = {".py", ".csv", ".txt", ".toml"}
SHARED = (
    "imaging/__init__.py",
    "imaging/choosing.py",
    "imaging/reasons.py",
    "imaging/slots.py",
    "imaging/validation/*.py",
    "imaging/validation/rules.toml",
    "imaging/vendors.py",
    "uploads/__init__.py",
    "uploads/browser/*.py",
)
PACKAGES = {"engine": ("pydicom",), "sheet": ("et_xmlfile", "openpyxl")}
LEFT_OUT = {"source", "exam", "pixels"}
OF_THE_INSTALLATION = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def current(root: Path, python: Path) -> bool:
    """Whether the ZIPs hold our files and the packages as they are now."""
    stamp = target(root).with_suffix(".stamp")
    there = all(target(root, name).is_file() for name in PACKAGES)
    return there and stamp.is_file() and stamp.read_text() == wanted(root, python)


def build(root: Path, python: Path) -> None:
    """Write each ZIP in one move."""
    for name in PACKAGES:
        place = target(root, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as packed:
            for inside, path in content(root, python, name):
                entry = zipfile.ZipInfo(inside, OLDEST_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())
        fresh.rename(place)
    target(root).with_suffix(".stamp").write_text(wanted(root, python))


def wanted(root: Path, python: Path) -> str:
    """Digest of what goes in: our files by content, packages by the record of their installed wheels."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, path in ours(root):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for names in PACKAGES.values():
        for name in names:
            for record in sorted(package(python, name).parent.glob(f"{name}-*.dist-info/RECORD")):
                digest.update(record.read_bytes())
    return digest.hexdigest()


def target(root: Path, name: str = "engine") -> Path:
    return root / "static" / "vendor" / "deid" / f"{name}.zip"


def content(root: Path, python: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Name in the ZIP and file of everything in it; our own is in the engine's."""
    if name == "engine":
        yield from ours(root)
    for one in PACKAGES[name]:
        yield from installed(package(python, one))


def ours(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((root / "deid").rglob("*")):
        name = path.relative_to(root)
        if path.suffix in OURS and LEFT_OUT.isdisjoint(name.parts):
            yield name.as_posix(), path
    for pattern in SHARED:
        for path in sorted(root.glob(pattern)):
            yield path.relative_to(root).as_posix(), path


def installed(folder: Path) -> Iterator[tuple[str, Path]]:
    """The whole package, and its metadata, which it may read to know its version."""
    site = folder.parent
    for path in sorted([*folder.rglob("*"), *site.glob(f"{folder.name}-*.dist-info/**/*")]):
        if path.is_file() and path.suffix != ".pyc" and path.name not in OF_THE_INSTALLATION:
            yield path.relative_to(site).as_posix(), path


def package(python: Path, name: str) -> Path:
    found = next(python.parent.parent.glob(f"lib/python3.*/site-packages/{name}/__init__.py"), None)
    if found is None:
        raise Stop(f"{name} is not in the environment of {python}; install the requirements first.")
    return found.parent


if __name__ == "__main__":
    try:
        build(Path.cwd(), Path(sys.argv[1]))
    except Stop as error:
        end("The engine for the browser", error)
