"""What both stores promise (vault.store.Store), tested on a real directory and a real S3 service."""

import threading

import pytest

from vault import MissingObject, StoreError

MIB = 1 << 20


def put(store, name, *pieces):
    with store.writer(name) as sink:
        for piece in pieces:
            assert sink.write(piece) == len(piece)


def test_write_read_size_exists(store):
    put(store, "series/a", b"01234", bytearray(b"56"), memoryview(b"789"))
    assert store.read("series/a") == b"0123456789"
    assert store.size("series/a") == 10
    assert store.exists("series/a")


def test_empty_object(store):
    put(store, "empty")
    assert store.read("empty") == b""
    assert store.read("empty", 0, 100) == b""
    assert store.size("empty") == 0
    assert store.exists("empty")


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (0, 4, b"0123"),
        (3, 4, b"3456"),
        (9, 1, b"9"),
        (8, 100, b"89"),
        (10, None, b""),
        (10, 5, b""),
        (99, 5, b""),
        (4, 0, b""),
    ],
)
def test_read_by_range(store, start, length, expected):
    put(store, "a", b"0123456789")
    assert store.read("a", start, length) == expected


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1)])
def test_negative_range_is_a_mistake_of_the_caller(store, start, length):
    with pytest.raises(ValueError, match="negative"):
        store.read("a", start, length)


def test_missing_object(store):
    for call in (
        store.read,
        store.size,
        lambda name: store.read(name, 3, 4),
        lambda name: store.read(name, 3, 0),
    ):
        with pytest.raises(MissingObject) as caught:
            call("series/none")
        assert (caught.value.code, caught.value.where) == ("missing", "series/none")
    assert not store.exists("series/none")


def test_delete_is_idempotent(store):
    put(store, "staging/u1/a", b"1")
    put(store, "staging/u1/b", b"2")
    store.delete("staging/u1/a")
    store.delete("staging/u1/a")
    store.delete("never/was/there")
    store.delete("staging/u1/b/below-an-object")
    assert list(store.list()) == ["staging/u1/b"]
    store.delete("staging/u1/b")
    assert list(store.list()) == []
    put(store, "staging/u1/a", b"again")
    assert store.read("staging/u1/a") == b"again"


def test_replace_is_whole(store):
    put(store, "a", b"old and longer")
    put(store, "a", b"new")
    assert store.read("a") == b"new"


def test_list_by_prefix_in_order(store):
    for name in ("b/2", "b/10", "a", "b.x", "c-1/z", "c"):
        put(store, name, b"x")
    assert list(store.list()) == ["a", "b.x", "b/10", "b/2", "c", "c-1/z"]
    assert list(store.list("b")) == ["b.x", "b/10", "b/2"]
    assert list(store.list("b/")) == ["b/10", "b/2"]
    assert list(store.list("c-1/z")) == ["c-1/z"]
    assert list(store.list("nothing")) == []


def test_exception_leaves_nothing(store):
    def write():
        with store.writer("a/b") as sink:
            sink.write(b"x" * 11 * MIB)
            raise RuntimeError("broke")

    with pytest.raises(RuntimeError, match="broke"):
        write()
    assert not store.exists("a/b")
    assert list(store.list()) == []
    assert store.discard_unfinished(0) == 0


def test_exception_keeps_the_former_object(store):
    put(store, "a", b"former")

    def write():
        with store.writer("a") as sink:
            sink.write(b"x" * 6 * MIB)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert store.read("a") == b"former"


def test_not_there_before_the_end(store):
    with store.writer("a") as sink:
        sink.write(b"x" * 11 * MIB)
        assert not store.exists("a")
        assert list(store.list()) == []
    assert store.size("a") == 11 * MIB


@pytest.mark.parametrize(
    "pieces", [[5 * MIB], [5 * MIB, 5 * MIB], [MIB] * 12, [12 * MIB + 1], [7, 13 * MIB, 0, 5]]
)
def test_large_objects(store, pieces):
    data = [bytes([number + 1]) * size for number, size in enumerate(pieces)]
    put(store, "large", *data)
    assert store.read("large") == b"".join(data)
    assert store.discard_unfinished(0) == 0


def test_writers_side_by_side(store):
    errors = []

    def work(number):
        try:
            for turn in range(5):
                put(store, f"shared/{number}", bytes([number]) * 1000)
                assert store.read(f"shared/{number}") == bytes([number]) * 1000
                if turn < 4:
                    store.delete(f"shared/{number}")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert list(store.list()) == [f"shared/{number}" for number in range(4)]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        ".hidden",
        "a/.hidden",
        "a\\b",
        "a b",
        "a\0b",
        "a\n",
        "김",
        "a:b",
        "C:/a",
        "a?b",
        "%2e%2e/a",
        "x" * 401,
    ],
)
def test_names_that_are_refused(store, name):
    def write(bad):
        with store.writer(bad):
            pass

    for call in (write, store.read, store.size, store.exists, store.delete):
        with pytest.raises(StoreError) as caught:
            call(name)
        assert caught.value.code == "bad_name"
        assert name == "" or name not in str(caught.value).replace("'.'", "").replace("'/'", "")
    assert list(store.list()) == []


@pytest.mark.parametrize("prefix", ["/", "..", "../", "a/../", "a b", "x" * 401])
def test_prefixes_that_are_refused(store, prefix):
    with pytest.raises(StoreError) as caught:
        list(store.list(prefix))
    assert caught.value.code == "bad_name"


def test_ping(store):
    store.ping()
    assert list(store.list()) == []
