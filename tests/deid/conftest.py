from collections.abc import Iterator

import pytest
from pydicom import config


@pytest.fixture(scope="package", autouse=True)
def _planted_values_may_break_their_type() -> Iterator[None]:
    with config.disable_value_validation():
        yield
