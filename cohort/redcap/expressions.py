"""Our expressions as REDCap writes them: settings become their values, a list becomes alternatives."""

from collections.abc import Mapping
from typing import Any

from cohort import expressions
from cohort.expressions import Node

RANK = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6} | dict.fromkeys(
    expressions.COMPARISONS, 4
)
HIGHEST = 9


def as_redcap(text: str, settings: Mapping[str, Any]) -> str:
    """The text of an expression for REDCap. `settings`: value of every setting that it may name."""
    return _text(expressions.parse(text), settings, 0)


def _text(node: Node, settings: Mapping[str, Any], above: int) -> str:
    kind = node[0]
    if kind == "text":
        return _quoted(node[1])
    if kind == "number":
        return expressions.as_text(node[1])
    if kind == "item":
        return f"[{node[1]}]"
    if kind == "choice":
        return f"[{node[1]}({node[2]})]"
    if kind == "fact":
        value = settings[node[1]]
        return _quoted(value) if isinstance(value, str) else expressions.as_text(value)
    if kind == "if":
        return f"if({', '.join(_text(part, settings, 0) for part in node[1:])})"
    if kind == "in":
        return _alternatives(node, settings, above)
    if kind == "not":
        return f"not ({_text(node[1], settings, 0)})"
    if kind == "negative":
        return f"-{_text(node[1], settings, HIGHEST)}"
    if kind in ("and", "or"):
        joined = f" {kind} ".join(_text(part, settings, RANK[kind]) for part in node[1:])
        return _within(joined, RANK[kind], above)
    rank = RANK[kind] + (RANK[kind] == RANK["="])
    left, right = _text(node[1], settings, rank), _text(node[2], settings, RANK[kind] + 1)
    return _within(f"{left} {kind} {right}", RANK[kind], above)


def _alternatives(node: Node, settings: Mapping[str, Any], above: int) -> str:
    listed = settings[node[2][1]]
    asked = _text(node[1], settings, RANK["="])
    joined = " or ".join(f"{asked} = {_quoted(value)}" for value in listed)
    return _within(joined, RANK["or"], above)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _within(text: str, rank: int, above: int) -> str:
    """In brackets where what is around it binds closer."""
    return f"({text})" if rank < above else text
