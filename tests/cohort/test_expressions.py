"""The form's language: what it reads, what it refuses, and that the browser comes to the same answer."""

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.expressions import ExpressionError, as_text, evaluate, facts_of, items_of, parse, truth
from scripts.frontend import wheel_node

ROOT = Path(__file__).resolve().parents[2]
FACTS: dict[str, Any] = {"limit": 10, "share": 1.05, "list": ["26", "27"], "empty": ""}


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("[a]='1'", {"a": "1"}, True),
        ("[a]='1'", {"a": "2"}, False),
        ("[a]='1'", {}, None),
        ("[a]=1", {"a": "1.0"}, True),
        ("[a]<>'1'", {"a": "UNK"}, True),
        ("[a]!='1'", {"a": "1"}, False),
        ("[a]<>'1'", {}, None),
        ("[a]=''", {}, True),
        ("[a]<>''", {"a": "x"}, True),
        ("[a]<''", {"a": "1"}, None),
        ("[p(1)]='1' or [p(2)]='1'", {"p": "2|3"}, True),
        ("[p(1)]='1' or [p(2)]='1'", {"p": "3"}, False),
        ("[p(1)]='1'", {}, None),
        ("[a]=1 and [b]=1", {"a": "0"}, False),
        ("[a]=1 and [b]=1", {"a": "1"}, None),
        ("[a]=1 or [b]=1", {"a": "1"}, True),
        ("[a]=1 or [b]=1 and [c]=1", {"a": "1", "b": "0", "c": "0"}, True),
        ("([a]=1 or [b]=1) and [c]=1", {"a": "1", "b": "0", "c": "0"}, False),
        ("not [a]=1 and [b]=1", {"a": "0", "b": "1"}, True),
        ("NOT ([a]=1)", {}, None),
        ("[a]-[b]", {"a": "-3", "b": "-7"}, 4.0),
        ("[a] - -2 * 3", {"a": "1"}, 7.0),
        ("([a] - 2) * 3", {"a": "1"}, -3.0),
        ("[a]/[b]", {"a": "1", "b": "0"}, None),
        ("[a]+1", {}, None),
        ("[a]+1", {"a": "UNK"}, None),
        ("[n]+[l] > [w]*{share}", {"n": "6", "l": "5", "w": "10"}, True),
        ("[n]+[l] > [w]*{share}", {"n": "5", "l": "5", "w": "10"}, False),
        ("[a] < {limit}", {"a": "9"}, True),
        ("[a] < {missing}", {"a": "9"}, None),
        ("[a] = {empty}", {"a": "9"}, None),
        ("in([a], {list})", {"a": "26"}, True),
        ("in([a], {list})", {"a": "11"}, False),
        ("in([a], {list})", {}, None),
        ("if([a]=1, 'yes', [b])", {"a": "1"}, "yes"),
        ("if([a]=1, 'yes', [b])", {"a": "0", "b": "z"}, "z"),
        ("if([a]=1, 'yes', 'no')", {}, None),
        ("[a] >= 10", {"a": "9"}, False),
        ("[a] >= 10", {"a": "x"}, None),
        ('[a]="it\'s"', {"a": "it's"}, True),
    ],
)
def test_what_an_expression_says(text: str, values: dict[str, str], result: Any) -> None:
    assert evaluate(parse(text), values, FACTS) == result


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "ends too early"),
        ("[a]=", "ends too early"),
        ("[a] [b]", "nothing should follow at character 5"),
        ("([a]=1", "')' is missing at the end"),
        ("[a]='1", 'cannot read "\'1"'),
        ("[a] ; 1", "cannot read"),
        ("a=1", "stands in a wrong place"),
        ("__import__('os')", "cannot read"),
        ("if([a],1)", "if() takes 3 parts, not 2"),
        ("in([a], [b])", "in() looks into a list"),
        ("(" * 100 + "1" + ")" * 100, "too many parentheses"),
        ("not " * 100 + "1", "too many parentheses"),
        ("-" * 100 + "1", "too many parentheses"),
        ("[a]=1 or", "ends too early"),
        ("1" + "+1" * 300, "at most 500 parts"),
        ("1 = 1 = 1", "nothing should follow"),
    ],
)
def test_what_is_no_expression_is_refused(text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert says in str(caught.value)


def test_what_an_expression_reads() -> None:
    tree = parse("if([a(2)]=1 and [b]<{limit}, -[c], in([d], {list}))")
    assert list(items_of(tree)) == [("a", "2"), ("b", None), ("c", None), ("d", None)]
    assert list(facts_of(tree)) == ["limit", "list"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "1"), (False, "0"), (4.0, "4"), (-0.5, "-0.5"), (0.1 + 0.2, "0.3"), ("x", "x")],
)
def test_a_computed_value_as_text(value: Any, text: str) -> None:
    assert as_text(value) == text


NAMES = st.sampled_from("abcde")
NUMBERS = st.one_of(st.integers(0, 99).map(str), st.decimals(0, 99, places=2).map(str))
OPERANDS = st.one_of(
    NAMES.map(lambda name: f"[{name}]"),
    st.tuples(NAMES, st.integers(0, 3)).map(lambda part: f"[{part[0]}({part[1]})]"),
    NUMBERS,
    st.sampled_from(["'1'", "'UNK'", "''", "{limit}", "{share}", "{empty}", "in([a], {list})"]),
)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sign = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", " and ", " or "])
    return st.one_of(
        st.tuples(inner, sign, inner).map(lambda part: f"({part[0]}{part[1]}{part[2]})"),
        inner.map(lambda part: f"(not {part})"),
        inner.map(lambda part: f"(-{part})"),
        st.tuples(inner, inner, inner).map(lambda part: f"if({part[0]}, {part[1]}, {part[2]})"),
    )


EXPRESSIONS = st.recursive(OPERANDS, _wider, max_leaves=12)
ANSWERS = st.dictionaries(NAMES, st.sampled_from(["", "0", "1", "2", "1|2", "UNK", "-3", "7.5", "26"]))


@given(EXPRESSIONS, ANSWERS)
def test_every_expression_has_a_value_and_survives_json(text: str, values: dict[str, str]) -> None:
    tree = parse(text)
    value = evaluate(tree, values, FACTS)
    assert truth(value) in (True, False, None)
    assert isinstance(as_text(value), str)
    assert _tuples(json.loads(json.dumps(tree))) == tree


@given(EXPRESSIONS, EXPRESSIONS, ANSWERS)
def test_de_morgan_holds_with_unknowns(one: str, other: str, values: dict[str, str]) -> None:
    left = evaluate(parse(f"not ({one} and {other})"), values, FACTS)
    right = evaluate(parse(f"not {one} or not {other}"), values, FACTS)
    assert truth(left) == truth(right)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        assert evaluate(parse(text), {}, {}) is not ...


def test_the_browser_comes_to_the_same_answers(tmp_path: Path) -> None:
    node = shutil.which("node") or wheel_node(Path(sys.executable))
    assert node, "the set-up brings Node.js: make setup-dev"
    cases: list[Any] = []

    @settings(max_examples=400, database=None, deadline=None)
    @given(EXPRESSIONS, ANSWERS)
    def collect(text: str, values: dict[str, str]) -> None:
        tree = parse(text)
        cases.append([text, tree, values, as_text(evaluate(tree, values, FACTS))])

    collect()
    (tmp_path / "cases.json").write_text(json.dumps({"facts": FACTS, "cases": cases}))
    shutil.copy(ROOT / "static/js/form/expressions.js", tmp_path / "expressions.mjs")
    (tmp_path / "run.mjs").write_text(
        """import { readFileSync } from "node:fs";
import { asText, evaluate } from "./expressions.mjs";
const { facts, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const [text, tree, values, expected] of cases) {
  const found = asText(evaluate(tree, values, facts));
  if (found !== expected) console.log(JSON.stringify([text, values, expected, found]));
}
"""
    )
    done = subprocess.run(
        [str(node), str(tmp_path / "run.mjs"), str(tmp_path / "cases.json")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert len(cases) > 100
    assert done.stdout == ""


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value
