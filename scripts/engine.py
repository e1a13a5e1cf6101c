"""The de-identification engine for the browser: deid/ and pydicom, as they are here, in one ZIP.

static/vendor/deid/engine.zip is unpacked by the upload page's worker. Same sources, same bytes: entries are
sorted and carry no time. Standard library only; pydicom is taken from the environment that the lock filled.
"""

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scripts.say import Stop, end

OLDEST_TIME = (1980, 1, 1, 0, 0, 0)
OURS = {".py", ".csv", ".txt"}
LEFT_OUT = {"source", "exam", "pixels"}
OF_THE_INSTALLATION = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def current(root: Path, python: Path) -> bool:
    """Whether the ZIP holds deid/ and pydicom as they are now."""
    stamp = target(root).with_suffix(".stamp")
    return target(root).is_file() and stamp.is_file() and stamp.read_text() == wanted(root, python)


def build(root: Path, python: Path) -> None:
    """Write the ZIP in one move."""
    place = target(root)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in [*ours(root), *pydicoms(pydicom(python))]:
            entry = zipfile.ZipInfo(name, OLDEST_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
    fresh.rename(place)
    place.with_suffix(".stamp").write_text(wanted(root, python))


def wanted(root: Path, python: Path) -> str:
    """Digest of what goes in: our files by content, pydicom by the record of its installed wheel."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, path in ours(root):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for record in sorted(pydicom(python).parent.glob("pydicom-*.dist-info/RECORD")):
        digest.update(record.read_bytes())
    return digest.hexdigest()


def target(root: Path) -> Path:
    return root / "static" / "vendor" / "deid" / "engine.zip"


def ours(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((root / "deid").rglob("*")):
        name = path.relative_to(root)
        if path.suffix in OURS and LEFT_OUT.isdisjoint(name.parts):
            yield name.as_posix(), path


def pydicoms(package: Path) -> Iterator[tuple[str, Path]]:
    """The whole package, and its metadata, which it reads to know its version."""
    site = package.parent
    for path in sorted([*package.rglob("*"), *site.glob("pydicom-*.dist-info/**/*")]):
        if path.is_file() and path.suffix != ".pyc" and path.name not in OF_THE_INSTALLATION:
            yield path.relative_to(site).as_posix(), path


def pydicom(python: Path) -> Path:
    found = next(python.parent.parent.glob("lib/python3.*/site-packages/pydicom/__init__.py"), None)
    if found is None:
        raise Stop(f"pydicom is not in the environment of {python}; install the requirements first.")
    return found.parent


if __name__ == "__main__":
    try:
        build(Path.cwd(), Path(sys.argv[1]))
    except Stop as error:
        end("The engine for the browser", error)
