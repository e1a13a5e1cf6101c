"""The sentences of problems."""

import re
from collections import defaultdict

import pytest
from django.utils import translation

from registry.errors import KINDS, Problem

NEVER_ONE = {"too_many_files"}


def said(code: str, count: int) -> str:
    problem = Problem(code)
    problem.values = defaultdict(lambda: 2, count=count)
    with translation.override("en"):
        return problem.message


@pytest.mark.parametrize("code", sorted(set(KINDS) - NEVER_ONE))
def test_one_is_not_told_as_many(code: str) -> None:
    assert not re.search(r"\b1 \w+s\b", said(code, 1))


@pytest.mark.parametrize("code", ["values_refused", "changed_meanwhile", "files_missing"])
def test_many_are_told_as_many(code: str) -> None:
    assert re.search(r"\b3 (\w+ )*(answers|files)\b", said(code, 3))
