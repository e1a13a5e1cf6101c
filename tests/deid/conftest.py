import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import config


@pytest.fixture(scope="package", autouse=True)
def _planted_values_may_break_their_type() -> Iterator[None]:
    with config.disable_value_validation():
        yield


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes something as JSON, under a name, and says where."""

    def written(told: Any, name: str = "receipts.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return path

    return written
