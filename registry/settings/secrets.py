"""Key files: 32 bytes as 64 hexadecimal digits, made once with 0600 rights, refused when others may read."""

import os
import re
import secrets
import stat
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def key_file(path: str | Path) -> bytes:
    """Bytes of the key at `path`, 32 of them; made there with 0600 rights when it does not exist.

    Raises ImproperlyConfigured when others may read the file or its length is wrong.
    """
    path = Path(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    if not path.exists():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return read_key_file(path)


def read_key_file(path: str | Path) -> bytes:
    """Bytes of an existing key file.

    Raises ImproperlyConfigured when it is missing, readable by others or misshapen.
    """
    path = Path(path)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text("ascii", errors="replace").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Key file {path} cannot be read ({error.strerror}). Restore it from the backup."
        ) from None
    if mode & 0o077:
        raise ImproperlyConfigured(f"Key file {path} can be read by others ({mode:04o}): chmod 600 it.")
    if not re.fullmatch(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", text):
        raise ImproperlyConfigured(f"Key file {path} does not hold {2 * KEY_BYTES} hexadecimal digits.")
    return bytes.fromhex(text)
