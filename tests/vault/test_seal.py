"""The seal: everything that comes back is what went in, where it went in; everything else is refused."""

import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.alterations import ALTERATIONS, WIDTH
from tests.vault.vectors import pattern
from vault import DirectoryStore, MissingObject, SealedWriter, SealError, create, open_sealed
from vault.header import HEADER, SEGMENT, TAG, seal_header

KEY = secrets.token_bytes(32)
LENGTHS = [0, 1, 15, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 2 * SEGMENT + 1, 11 * SEGMENT + 5]


def seal(store, name, *pieces, key=KEY, kind="file"):
    with create(store, name, subject_key=key, kind=kind) as writer:
        for piece in pieces:
            writer.write(piece)
    return writer


def put(store, name, data):
    with store.writer(name) as sink:
        sink.write(data)


def fails(code, call, *arguments, **options):
    with pytest.raises(SealError) as caught:
        call(*arguments, **options)
    assert caught.value.code == code
    return caught.value


@pytest.mark.parametrize("length", LENGTHS)
def test_round_trip(store, length):
    plain = pattern(length)
    writer = seal(store, "a/b", plain)
    reader = open_sealed(store, "a/b", subject_key=KEY)
    assert reader.read() == plain
    assert reader.size == writer.plain_bytes == length
    assert reader.sealed_size == writer.sealed_bytes == store.size("a/b")
    assert writer.sealed_bytes == HEADER + length + TAG * max(1, -(-length // SEGMENT))
    assert (reader.name, reader.kind) == ("a/b", "file")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_chunking_and_any_range(tmp_path_factory, data):
    store = DirectoryStore(tmp_path_factory.mktemp("objects"))
    sizes = st.one_of(st.integers(0, 40), st.integers(SEGMENT - 3, SEGMENT + 3), st.integers(0, 3 * SEGMENT))
    cuts = data.draw(st.lists(sizes, max_size=5), label="pieces")
    plain = pattern(sum(cuts))
    pieces, start = [], 0
    for size in cuts:
        pieces.append(plain[start : start + size])
        start += size
    seal(store, "x", *pieces)
    reader = open_sealed(store, "x", subject_key=KEY)
    offset = data.draw(st.integers(0, len(plain)), label="offset")
    length = data.draw(st.integers(0, len(plain) - offset), label="length")
    assert reader.read_range(offset, length) == plain[offset : offset + length]
    assert reader.read_range(offset) == plain[offset:]
    assert b"".join(reader.chunks(offset)) == plain[offset:]


class Counting(DirectoryStore):
    """Counts the bytes that are read of it."""

    def __init__(self, root):
        super().__init__(root)
        self.reads = []

    def read(self, name, start=0, length=None):
        data = super().read(name, start, length)
        self.reads.append((start, len(data)))
        return data


def test_a_range_fetches_its_segments_alone(tmp_path):
    store = Counting(tmp_path)
    plain = pattern(20 * SEGMENT + 7)
    seal(store, "x", plain)
    reader = open_sealed(store, "x", subject_key=KEY)
    assert store.reads == [(0, HEADER + WIDTH)]
    store.reads.clear()
    assert reader.read_range(5 * SEGMENT + 9, SEGMENT) == plain[5 * SEGMENT + 9 : 6 * SEGMENT + 9]
    assert store.reads == [(HEADER + 5 * WIDTH, 2 * WIDTH)]
    store.reads.clear()
    assert reader.read_range(7 * SEGMENT, SEGMENT) == plain[7 * SEGMENT : 8 * SEGMENT]
    assert store.reads == [(HEADER + 7 * WIDTH, WIDTH)]
    store.reads.clear()
    assert reader.read() == plain
    assert max(length for _, length in store.reads) == 8 * WIDTH
    store.reads.clear()
    assert reader.read_range(3, 0) == b""
    assert store.reads == []


def test_a_small_object_costs_one_read(tmp_path):
    store = Counting(tmp_path)
    seal(store, "x", b"small")
    assert open_sealed(store, "x", subject_key=KEY).read() == b"small"
    assert len(store.reads) == 1


class Watched:
    """A sink that keeps nothing and remembers its largest piece."""

    def __init__(self):
        self.largest = self.total = 0

    def write(self, data):
        self.largest = max(self.largest, len(data))
        self.total += len(data)
        return len(data)


def test_writer_passes_on_segment_by_segment():
    sink = Watched()
    header = seal_header(KEY, name="x", kind="file", object_key=bytes(32), prefix=bytes(7), nonce=bytes(12))
    writer = SealedWriter(sink, header)
    for turn in range(1, 60):
        writer.write(bytes(100_000))
        assert turn * 100_000 - SEGMENT <= sink.total
    writer.write(bytes(9 * SEGMENT))
    assert sink.largest == WIDTH


def test_writing_after_the_end_is_refused(store):
    writer = seal(store, "x", b"1")
    writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.write(b"2")
    assert open_sealed(store, "x", subject_key=KEY).read() == b"1"


def test_nothing_is_stored_when_the_block_fails(store):
    def write():
        with create(store, "x", subject_key=KEY) as writer:
            writer.write(bytes(3 * SEGMENT))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert not store.exists("x")


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, 6), (6, None), (6, 0), (3, 3), (0, -1)])
def test_ranges_outside_are_refused(directory_store, offset, length):
    seal(directory_store, "x", b"01234")
    reader = open_sealed(directory_store, "x", subject_key=KEY)
    fails("out_of_range", reader.read_range, offset, length)


def test_reading_past_the_end_is_refused_not_empty(directory_store):
    seal(directory_store, "x", b"01234")
    fails("out_of_range", open_sealed(directory_store, "x", subject_key=KEY).chunks, 6)


def test_no_two_objects_share_anything(directory_store):
    for name in ("x", "y"):
        seal(directory_store, name, b"the same plain bytes, sealed twice")
    first, second = directory_store.read("x"), directory_store.read("y")
    assert first[:11] == second[:11]
    assert first[11:18] != second[11:18]
    assert not {first[at : at + 8] for at in range(36, len(first) - 8)} & {
        second[at : at + 8] for at in range(36, len(second) - 8)
    }


def test_every_object_has_a_key_of_its_own(directory_store):
    keys = set()
    for name in ("x", "y", "z"):
        seal(directory_store, name)
        raw = directory_store.read(name)
        context = b"kicc-vault object key 1\0" + raw[:36] + name.encode()
        keys.add(AESGCM(KEY).decrypt(raw[36:48], raw[48:96], context))
    assert len(keys) == 3


@pytest.mark.parametrize(
    "pieces", [(SEGMENT - 1, 5), (SEGMENT, 1), (1, SEGMENT), (SEGMENT - 1, 1), (5, 2 * SEGMENT)]
)
def test_pieces_around_the_end_of_a_segment(directory_store, pieces):
    plain = pattern(sum(pieces))
    seal(directory_store, "x", plain[: pieces[0]], plain[pieces[0] :])
    assert open_sealed(directory_store, "x", subject_key=KEY).read() == plain


def test_no_plain_byte_rests(tmp_path):
    store = DirectoryStore(tmp_path)
    with create(store, "x", subject_key=KEY) as writer:
        for _ in range(40):
            writer.write(b"HONG^GILDONG" * 9000)
        for path in tmp_path.rglob("*"):
            assert path.is_dir() or b"HONG" not in path.read_bytes()
    assert b"HONG" not in store.read("x")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    store = DirectoryStore(tmp_path_factory.mktemp("pair"))
    for name in ("x", "y"):
        seal(store, name, pattern(2 * SEGMENT + 5000))
    return store.read("x"), store.read("y")


@pytest.mark.parametrize("how", ALTERATIONS)
def test_altered_bytes_are_noticed(directory_store, pair, how):
    put(directory_store, "x", ALTERATIONS[how](*pair))
    reader = open_sealed(directory_store, "x", subject_key=KEY)
    error = fails("segment_not_authentic", reader.read)
    assert error.where.startswith("x segment ")
    fails("segment_not_authentic", lambda: b"".join(reader.chunks()))


@pytest.mark.parametrize("how", ["cut at a segment", "cut to one segment"])
def test_a_shortened_object_never_looks_complete(directory_store, pair, how):
    put(directory_store, "x", ALTERATIONS[how](*pair))
    reader = open_sealed(directory_store, "x", subject_key=KEY)
    fails("segment_not_authentic", reader.read_range, reader.size, 0)
    fails("segment_not_authentic", reader.read_range, reader.size - 1, 1)
    fails("out_of_range", reader.read_range, 2 * SEGMENT, 5000)


@pytest.mark.parametrize("length", [HEADER, HEADER + 1, HEADER + TAG - 1])
def test_lengths_that_no_object_has(directory_store, pair, length):
    put(directory_store, "x", pair[0][:length])
    fails("truncated", open_sealed, directory_store, "x", subject_key=KEY)


@pytest.mark.parametrize("rest", [1, TAG - 1, TAG])
def test_an_empty_or_broken_last_segment_is_refused(directory_store, pair, rest):
    put(directory_store, "x", pair[0][: HEADER + 2 * WIDTH + rest])
    fails("truncated", open_sealed, directory_store, "x", subject_key=KEY)


@pytest.mark.parametrize("at", range(HEADER))
def test_every_bit_of_the_header_counts(directory_store, pair, at):
    code = "not_sealed" if at < 8 else {8: "unknown_version", 9: "bad_header", 10: "bad_header"}.get(at)
    for bit in range(8):
        altered = bytearray(pair[0])
        altered[at] ^= 1 << bit
        put(directory_store, "x", altered[: HEADER + 20])
        with pytest.raises(SealError) as caught:
            open_sealed(directory_store, "x", subject_key=KEY)
        assert caught.value.code in ({code} if code else {"header_not_authentic", "bad_header"})


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "not_sealed"), (b"PK\3\4" + bytes(200), "not_sealed"), (b"KICCSEAL\1\1\x14", "truncated")],
)
def test_what_is_no_sealed_object(directory_store, data, code):
    put(directory_store, "x", data)
    fails(code, open_sealed, directory_store, "x", subject_key=KEY)


def test_a_renamed_object_does_not_open(directory_store, pair):
    put(directory_store, "y", pair[0])
    fails("header_not_authentic", open_sealed, directory_store, "y", subject_key=KEY)


def test_another_subjects_key_does_not_open(directory_store, pair):
    put(directory_store, "x", pair[0])
    fails("header_not_authentic", open_sealed, directory_store, "x", subject_key=bytes(32))


def test_an_object_replaced_while_it_is_read_is_noticed(directory_store, pair):
    put(directory_store, "x", pair[0])
    reader = open_sealed(directory_store, "x", subject_key=KEY)
    seal(directory_store, "x", pattern(2 * SEGMENT + 5000))
    fails("segment_not_authentic", reader.read_range, SEGMENT, 10)


def test_an_object_deleted_while_it_is_read(directory_store, pair):
    put(directory_store, "x", pair[0])
    reader = open_sealed(directory_store, "x", subject_key=KEY)
    directory_store.delete("x")
    with pytest.raises(MissingObject):
        reader.read()


def test_kind_is_checked_when_asked(directory_store):
    seal(directory_store, "x", b"", kind="staged")
    assert open_sealed(directory_store, "x", subject_key=KEY, kind="staged").kind == "staged"
    fails("wrong_kind", open_sealed, directory_store, "x", subject_key=KEY, kind="series")


@pytest.mark.parametrize("kind", ["", "Series", "a_b", "x" * 19, "시리즈"])
def test_kinds_that_are_refused(directory_store, kind):
    fails("bad_kind", seal, directory_store, "x", kind=kind)
    assert not directory_store.exists("x")


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_subject_keys_of_another_length_are_refused(directory_store, key):
    fails("bad_key", seal, directory_store, "x", key=key)
    seal(directory_store, "x")
    fails("bad_key", open_sealed, directory_store, "x", subject_key=key)


def test_too_many_segments_are_refused(directory_store, monkeypatch):
    monkeypatch.setattr("vault.seal.MAX_SEGMENTS", 2)
    seal(directory_store, "x", pattern(2 * SEGMENT))
    fails("too_large", seal, directory_store, "y", pattern(2 * SEGMENT + 1))
    assert not directory_store.exists("y")


def test_no_secret_in_representations(directory_store):
    with create(directory_store, "x", subject_key=KEY) as writer:
        shown = [repr(writer), repr(vars(writer))]
    reader = open_sealed(directory_store, "x", subject_key=KEY)
    shown += [repr(reader), repr(vars(reader)), repr(reader._header)]
    assert not any(KEY.hex() in text or repr(KEY)[2:-1] in text for text in shown)
