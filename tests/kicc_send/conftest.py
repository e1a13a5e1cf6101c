"""A running registry, a token of one of its sites, and a hospital's folders."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from phantom.export import hospital_export
from tests.kicc_send.hospital import ONE, SLICES, TWO, site_token
from tests.services.place import Place
from tests.stack import Stack


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    return site_token(stack)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two patients' folders, named as hospitals name them: by the patient."""
    root = tmp_path_factory.mktemp("hospital")
    hospital_export(root / ONE.patient_id, persons=[ONE], slices=SLICES, matrix=128)
    hospital_export(root / TWO.patient_id, persons=[TWO], slices=3, matrix=64, strays=False, seed=9)
    return root


@pytest.fixture
def api(stack: Stack, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=f"{stack.url}/api/v1/", headers=headers, timeout=30) as client:
        yield client
