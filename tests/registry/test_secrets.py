from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from registry.settings.secrets import key_file, read_key_file


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a folder" / "key"
    key = key_file(path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert key_file(path) == key
    assert [p.name for p in path.parent.iterdir()] == ["key"]


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ("00" * 32, 0o644, "chmod 600"),
        ("00" * 31, 0o600, "64 hex"),
        ("xx" * 32, 0o600, "64 hex"),
    ],
)
def test_an_open_or_misshapen_key_is_refused(tmp_path: Path, content: str, mode: int, said: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(ImproperlyConfigured, match=said) as caught:
        read_key_file(path)
    assert content not in str(caught.value)


def test_a_lost_key_is_never_replaced_in_production(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="Restore it"):
        read_key_file(tmp_path / "gone")
