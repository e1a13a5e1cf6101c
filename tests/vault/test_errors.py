"""Every error says what happened and what to do, in both languages, under a code that stays."""

import re

import pytest

from vault import KeyFailure, MissingObject, SealError, StoreError, VaultError
from vault.errors import MESSAGES


@pytest.mark.parametrize("code", MESSAGES)
def test_messages_are_complete(code):
    english, korean = MESSAGES[code]
    assert re.fullmatch(r"[a-z0-9_]+", code)
    assert english.endswith(".")
    assert len(re.findall(r"[.:] [A-Z]", english)) >= 1
    assert english.isascii()
    assert korean.endswith("오.") or korean.endswith("다.")
    assert re.search("[가-힣]", korean)


def test_an_error_names_its_place():
    error = SealError("truncated", "series/a")
    assert str(error) == f"{MESSAGES['truncated'][0]} [truncated: series/a]"
    assert str(StoreError("no_space")).endswith("[no_space]")
    assert (error.message, error.message_ko) == MESSAGES["truncated"]


@pytest.mark.parametrize(
    "error",
    [
        SealError("truncated", "a"),
        KeyFailure("key_missing"),
        StoreError("failed", "b"),
        MissingObject(where="c"),
    ],
)
def test_errors_survive_a_queue(error):
    kind, arguments = error.__reduce__()[:2]
    copy = kind(*arguments)
    assert type(copy) is type(error)
    assert (copy.code, copy.where, str(copy)) == (error.code, error.where, str(error))
    assert isinstance(error, VaultError)


def test_which_errors_pass_by_themselves():
    assert {code for code in MESSAGES if StoreError(code).retryable} == {"unavailable", "no_space"}


def test_a_missing_object_is_an_error_of_the_store():
    error = MissingObject(where="a")
    assert isinstance(error, StoreError)
    assert (error.code, error.retryable) == ("missing", False)
