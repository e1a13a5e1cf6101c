from __future__ import annotations

import pytest

from deid import Refused, residue, syntax
from deid.terms import terms_of
from deid.writer import Node, Writer, Written, file_meta

TERMS = terms_of(
    frozenset(
        {("name", "Hong^Gildong=洪^吉洞=홍^길동"), ("id", "00123456"), ("id", "10008"), ("date", "20000104")}
    )
)


def written(*nodes: Node, uid: str = "2.25.7") -> Written:
    meta = file_meta(syntax.CT, syntax.EXPLICIT_LITTLE).of(uid.encode())
    body = Writer(explicit=True, little=True).elements(list(nodes))
    return Written(meta + body, len(meta), syntax.SYNTAXES[syntax.EXPLICIT_LITTLE])


@pytest.mark.parametrize(
    "node",
    [
        Node(0x0008103E, "LO", b"Thorax GILDONG"),
        Node(0x0008103E, "LO", "홍길동".encode()),
        Node(0x0008103E, "LO", "홍길동".encode("cp949")),
        Node(0x0008103E, "LO", "길동".encode("utf-16-le")),
        Node(0x00080070, "LO", b"x_00123456_y"),
        Node(0x0008103E, "LO", b"honggildong1"),
        Node(0x0020000D, "UI", b"1.2.3.4"),
        Node(0x00283006, "OW", b"\0\0gildong\0"),
        Node(0x00081140, "SQ", items=[[Node(0x00081150, "UI", b"1.2.3.4")]]),
    ],
)
def test_what_survived_is_refused_by_its_path(node: Node) -> None:
    with pytest.raises(Refused) as caught:
        residue.check(written(node), TERMS, {"1.2.3.4"}, "")
    assert caught.value.code == "residue"
    assert "ildong" not in str(caught.value)


@pytest.mark.parametrize(
    "node",
    [
        Node(0x00080020, "DA", b"20000104"),
        Node(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2"),
        Node(0x00080018, "UI", b"2.25.00123456"),
        Node(0x00181150, "IS", b"10008 "),
        Node(0x0008103E, "LO", b"HONGKONG"),
        Node(0x0008103E, "LO", b"9001234567"),
        Node(0x00120063, "LO", b"kicc-deid 10008 "),
        Node(0x00100020, "LO", b"00123456"),
    ],
)
def test_chance_hits_are_not_refused(node: Node) -> None:
    residue.check(written(node), TERMS, set(), "00123456")


def test_an_original_uid_in_the_file_meta_group_is_refused() -> None:
    with pytest.raises(Refused, match="file meta"):
        residue.check(written(uid="1.2.3.4"), TERMS, {"1.2.3.4"}, "")
