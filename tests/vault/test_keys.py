"""Master key and subject keys: what opens what, and that no key shows itself."""

import base64
import logging
import os
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault import (
    EnvMasterKey,
    FileMasterKey,
    KeyFailure,
    LocalMasterKey,
    SecretKey,
    create_master_key_file,
    new_subject_key,
    rewrap_subject_key,
    unwrap_subject_key,
    wrap_subject_key,
    wrapping_key_id,
)

RAW = bytes(range(100, 132))
OLD, NEW = LocalMasterKey(bytes(32)), LocalMasterKey(RAW)


def fails(code, call, *arguments):
    with pytest.raises(KeyFailure) as caught:
        call(*arguments)
    assert caught.value.code == code
    assert RAW.hex() not in str(caught.value)
    return caught.value


def key_file(tmp_path, text, rights=0o600):
    path = tmp_path / "master.key"
    path.write_bytes(text)
    path.chmod(rights)
    return path


def test_a_subject_key_comes_back():
    key, wrapped = new_subject_key(NEW, "S03-0042-K")
    assert len(key) == 32
    assert unwrap_subject_key(NEW, wrapped, "S03-0042-K") == key
    assert unwrap_subject_key(NEW, memoryview(wrapped), "S03-0042-K") == key
    assert key not in wrapped


def test_no_two_are_alike():
    made = [new_subject_key(NEW, "S03-0042-K") for _ in range(20)]
    assert len({key for key, _ in made}) == len({wrapped for _, wrapped in made}) == 20


def test_it_is_bound_to_its_subject():
    _, wrapped = new_subject_key(NEW, "S03-0042-K")
    fails("wrapped_not_authentic", unwrap_subject_key, NEW, wrapped, "S03-0043-K")


def test_another_master_key_is_named():
    _, wrapped = new_subject_key(OLD, "a")
    error = fails("wrong_master_key", unwrap_subject_key, NEW, wrapped, "a")
    assert OLD.key_id in error.where
    assert NEW.key_id in error.where


def test_every_bit_of_the_wrapped_form_counts():
    _, wrapped = new_subject_key(NEW, "a")
    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 1
        with pytest.raises(KeyFailure):
            unwrap_subject_key(NEW, bytes(altered), "a")


@given(st.binary(max_size=100))
def test_any_other_bytes_are_refused(data):
    fails("wrapped_malformed", unwrap_subject_key, NEW, data, "a")


@pytest.mark.parametrize("cut", [1, 30, 59])
def test_cut_forms_are_refused(cut):
    _, wrapped = new_subject_key(NEW, "a")
    fails("wrapped_not_authentic", unwrap_subject_key, NEW, wrapped[:-cut], "a")


def test_rotation_changes_the_wrapping_alone():
    key, wrapped = new_subject_key(OLD, "a")
    rotated = rewrap_subject_key(OLD, NEW, wrapped, "a")
    assert (wrapping_key_id(wrapped), wrapping_key_id(rotated)) == (OLD.key_id, NEW.key_id)
    assert unwrap_subject_key(NEW, rotated, "a") == key
    fails("wrong_master_key", unwrap_subject_key, OLD, rotated, "a")


def test_rotation_can_be_repeated():
    _, wrapped = new_subject_key(OLD, "a")
    rotated = rewrap_subject_key(OLD, NEW, wrapped, "a")
    assert rewrap_subject_key(OLD, NEW, rotated, "a") == rotated
    fails("wrapped_not_authentic", rewrap_subject_key, OLD, NEW, rotated, "b")
    fails("wrapped_not_authentic", rewrap_subject_key, OLD, NEW, wrapped, "b")


class Service:
    """A master key elsewhere: the bytes it gives are its own business."""

    key_id = "arn:aws:kms:ap-northeast-2:1:key/9"

    def wrap(self, key, context):
        return b"<" + bytes(key) + context

    def unwrap(self, wrapped, context):
        assert wrapped[33:] == context
        return wrapped[1:33]


def test_a_key_service_may_stand_in_the_local_keys_place():
    key, wrapped = new_subject_key(Service(), "a")
    assert wrapping_key_id(wrapped) == Service.key_id
    assert unwrap_subject_key(Service(), wrapped, "a") == key
    assert unwrap_subject_key(NEW, rewrap_subject_key(Service(), NEW, wrapped, "a"), "a") == key


@pytest.mark.parametrize("key_id", ["", "with space", "키", "x" * 256])
def test_key_ids_that_cannot_be_recorded(key_id):
    service = Service()
    service.key_id = key_id
    with pytest.raises(ValueError, match="key_id"):
        wrap_subject_key(service, RAW, "a")


@pytest.mark.parametrize(
    "text", [RAW.hex().encode(), RAW.hex().upper().encode() + b"\n", base64.b64encode(RAW) + b"\r\n"]
)
@pytest.mark.parametrize("rights", [0o600, 0o400])
def test_key_file(tmp_path, text, rights):
    assert FileMasterKey(key_file(tmp_path, text, rights)).key_id == NEW.key_id


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o620, 0o602, 0o644, 0o700, 0o666])
def test_key_file_that_others_may_touch(tmp_path, rights):
    error = fails("key_rights", FileMasterKey, key_file(tmp_path, RAW.hex().encode(), rights))
    assert error.where.endswith(f"master.key has {rights:04o}")
    assert "chmod 600" in error.message


@pytest.mark.parametrize(
    "text",
    [b"", b"\n", RAW.hex().encode()[:-1], RAW.hex().encode() + b"0", b"!" * 64, b"QUJD", RAW, b"\xff" * 64],
)
def test_key_file_with_something_else(tmp_path, text):
    fails("key_malformed", FileMasterKey, key_file(tmp_path, text))


def test_key_file_that_is_not_there(tmp_path):
    error = fails("key_unreadable", FileMasterKey, tmp_path / "none")
    assert error.where == str(tmp_path / "none")
    fails("key_unreadable", FileMasterKey, tmp_path)


def test_new_key_file(tmp_path):
    path = tmp_path / "master.key"
    before = os.umask(0)
    try:
        create_master_key_file(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    made = FileMasterKey(path).key_id
    fails("key_exists", create_master_key_file, path)
    assert FileMasterKey(path).key_id == made


def test_key_in_the_environment(monkeypatch):
    monkeypatch.delenv("KICC_MASTER_KEY", raising=False)
    assert EnvMasterKey.or_none() is None
    assert fails("key_missing", EnvMasterKey).where == "KICC_MASTER_KEY"
    monkeypatch.setenv("KICC_MASTER_KEY", RAW.hex())
    assert EnvMasterKey().key_id == NEW.key_id
    assert EnvMasterKey.or_none().key_id == NEW.key_id
    monkeypatch.setenv("OTHER", "short")
    assert fails("key_malformed", EnvMasterKey, "OTHER").where == "OTHER"


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_master_keys_of_another_length(size):
    fails("key_malformed", LocalMasterKey, bytes(size))


def shows(text):
    return any(form in text for form in (RAW.hex(), repr(RAW)[2:-1], base64.b64encode(RAW).decode()))


def test_no_key_shows_itself(tmp_path, caplog):
    key = SecretKey(RAW)
    master = FileMasterKey(key_file(tmp_path, RAW.hex().encode()))
    logging.getLogger("any").warning("%s %r %s %r", key, key, master, master)
    try:
        raise ValueError(key, master)
    except ValueError as error:
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    shown = [
        caplog.text,
        "".join(trace.format()),
        str(key),
        f"{key} {key!r} {key:>99} {master}",
        repr(vars(master)),
    ]
    assert "<SecretKey>" in shown[0]
    assert not any(shows(text) for text in shown)
    assert shows(repr(bytes(key)))


@pytest.mark.parametrize("protocol", range(6))
def test_no_key_travels_in_a_message(protocol):
    with pytest.raises(TypeError, match="pickled"):
        SecretKey(RAW).__reduce_ex__(protocol)
