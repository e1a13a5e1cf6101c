"""The form's small language: branching, computed items and rules between items.

    [sx_none]='0'    [pathogen_tested(1)]='1' or [x]<>'1'    if([a] < {limit}, 1, 0)    in([home], {list})

`[item]` is an answer, `[item(code)]` is 1 or 0 for one choice of several, `{name}` a setting or a fact.
A text becomes a tree of tuples; JSON carries it to the browser, where static/js/form/expressions.js
evaluates it too.

A blank answer is unknown: whatever is compared or computed with it is unknown (None), `and`, `or`,
`not` follow Kleene's logic, and `if` of an unknown is unknown. Only a comparison with the literal ''
asks whether it is blank.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Node = tuple[Any, ...]
Value = str | float | bool | None

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")|\[(?P<item>\w+)(?:\((?P<choice>\w+)\))?\]"
    r"|\{(?P<fact>\w+)\}|(?P<word>[A-Za-z]+)|(?P<sign><>|!=|<=|>=|[-=<>()+*/,]))"
)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
FUNCTIONS = {"if": 3, "in": 2}
DEPTH = 60
LENGTH = 500
LARGEST = 1e15


class ExpressionError(ValueError):
    """The text is not an expression; says where."""


def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    parser = _Parser(text)
    node = parser.either(0)
    parser.expect_end()
    return node


def items_of(node: Node) -> Iterator[tuple[str, str | None]]:
    """Items that the tree reads, each with the choice it asks for or None."""
    if node[0] == "item":
        yield node[1], None
    elif node[0] == "choice":
        yield node[1], node[2]
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from items_of(part)


def facts_of(node: Node) -> Iterator[str]:
    """Names of settings and facts that the tree reads."""
    if node[0] == "fact":
        yield node[1]
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from facts_of(part)


def evaluate(node: Node, values: Mapping[str, str], facts: Mapping[str, Any]) -> Value:
    """The value of the tree: text, number, truth, or None for unknown. `values` holds answers by item."""
    kind = node[0]
    if kind in ("text", "number"):
        return str(node[1]) if kind == "text" else float(node[1])
    if kind == "item":
        return values.get(node[1]) or None
    if kind == "choice":
        chosen = values.get(node[1])
        return node[2] in chosen.split("|") if chosen else None
    if kind == "fact":
        fact: Value = facts.get(node[1])
        return None if fact == "" else fact
    if kind == "if":
        condition = truth(evaluate(node[1], values, facts))
        return None if condition is None else evaluate(node[2] if condition else node[3], values, facts)
    if kind == "in":
        wanted = evaluate(node[1], values, facts)
        return None if wanted is None else any(_equal(wanted, one) for one in facts.get(node[2][1], ()))
    if kind == "not":
        negated = truth(evaluate(node[1], values, facts))
        return None if negated is None else not negated
    if kind in ("and", "or"):
        return _connect(kind, [truth(evaluate(part, values, facts)) for part in node[1:]])
    if kind == "negative":
        number = as_number(evaluate(node[1], values, facts))
        return None if number is None else -number
    if kind in ("+", "-", "*", "/"):
        return _compute(kind, *(as_number(evaluate(part, values, facts)) for part in node[1:]))
    return _compare(node, values, facts)


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; blank and unknown stay unknown."""
    if value is None or value == "":
        return None
    number = as_number(value)
    return number != 0 if number is not None else True


def as_number(value: Value) -> float | None:
    if isinstance(value, str):
        return float(value) if NUMBER.fullmatch(value) else None
    return None if value is None else float(value)


def as_text(value: Value) -> str:
    """A computed value as the form keeps it: 1 and 0 for truths, six decimals at most, '' for unknown."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    number = float(value)
    if not abs(number) < LARGEST:
        return ""
    text = f"{math.floor(number * 1e6 + 0.5) / 1e6:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _connect(kind: str, parts: list[bool | None]) -> bool | None:
    decisive = kind == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _compute(kind: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    if kind == "/":
        return left / right if right else None
    operations: dict[str, Callable[[float, float], float]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
    }
    return operations[kind](left, right)


def _equal(left: Value, right: Value) -> bool:
    one, other = as_number(left), as_number(right)
    if one is not None and other is not None:
        return one == other
    return as_text(left) == as_text(right)


def _compare(node: Node, values: Mapping[str, str], facts: Mapping[str, Any]) -> bool | None:
    kind, first, second = node
    left, right = evaluate(first, values, facts), evaluate(second, values, facts)
    if ("text", "") in (first, second):
        blank = left in (None, "") and right in (None, "")
        return blank if kind == "=" else not blank if kind == "<>" else None
    if left in (None, "") or right in (None, ""):
        return None
    if kind in ("=", "<>"):
        return _equal(left, right) == (kind == "=")
    one, other = as_number(left), as_number(right)
    if one is None or other is None:
        return None
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[kind]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, Any, int]] = []
        self.at = 0
        place = 0
        end = len(text.rstrip())
        while place < end:
            match = TOKEN.match(text, place)
            if match is None:
                raise ExpressionError(f"cannot read {text[place : place + 12]!r} at character {place + 1}")
            kind = "item" if match["item"] else match.lastgroup or ""
            value = (match["item"], match["choice"]) if match["item"] else match[kind]
            self.tokens.append((kind, value, match.end() - len(match[0].lstrip())))
            place = match.end()
        if len(self.tokens) > LENGTH:
            raise ExpressionError(f"an expression has at most {LENGTH} parts")

    def take(self, *wanted: str) -> str | None:
        if self.at < len(self.tokens):
            kind, value, _ = self.tokens[self.at]
            text = value.lower() if kind == "word" else "<>" if value == "!=" else value
            if kind in ("word", "sign") and text in wanted:
                self.at += 1
                return str(text)
        return None

    def expect(self, sign: str) -> None:
        if self.take(sign) is None:
            raise ExpressionError(f"{sign!r} is missing {self.here()}")

    def expect_end(self) -> None:
        if self.at < len(self.tokens):
            raise ExpressionError(f"nothing should follow {self.here()}")

    def here(self) -> str:
        return f"at character {self.tokens[self.at][2] + 1}" if self.at < len(self.tokens) else "at the end"

    def either(self, depth: int) -> Node:
        if depth > DEPTH:
            raise ExpressionError("too many parentheses")
        parts = [self.both(depth)]
        while self.take("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else ("or", *parts)

    def both(self, depth: int) -> Node:
        parts = [self.negation(depth)]
        while self.take("and"):
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else ("and", *parts)

    def negation(self, depth: int) -> Node:
        if self.take("not"):
            if depth > DEPTH:
                raise ExpressionError("too many parentheses")
            return ("not", self.negation(depth + 1))
        left = self.sum(depth)
        sign = self.take(*COMPARISONS)
        return (sign, left, self.sum(depth)) if sign else left

    def sum(self, depth: int) -> Node:
        node = self.product(depth)
        while sign := self.take("+", "-"):
            node = (sign, node, self.product(depth))
        return node

    def product(self, depth: int) -> Node:
        node = self.atom(depth)
        while sign := self.take("*", "/"):
            node = (sign, node, self.atom(depth))
        return node

    def atom(self, depth: int) -> Node:
        if depth > DEPTH:
            raise ExpressionError("too many parentheses")
        if self.take("("):
            node = self.either(depth + 1)
            self.expect(")")
            return node
        if self.take("-"):
            return ("negative", self.atom(depth + 1))
        if name := self.take(*FUNCTIONS):
            return self.call(name, depth)
        if self.at >= len(self.tokens):
            raise ExpressionError("the expression ends too early")
        kind, value, place = self.tokens[self.at]
        if kind not in ("number", "text", "item", "fact"):
            raise ExpressionError(f"{value!r} stands in a wrong place, at character {place + 1}")
        self.at += 1
        if kind == "item":
            return ("choice", *value) if value[1] else ("item", value[0])
        if kind == "number":
            return ("number", float(value))
        return ("fact", value) if kind == "fact" else ("text", value[1:-1])

    def call(self, name: str, depth: int) -> Node:
        self.expect("(")
        parts = [self.either(depth + 1)]
        while self.take(","):
            parts.append(self.either(depth + 1))
        self.expect(")")
        if len(parts) != FUNCTIONS[name]:
            raise ExpressionError(f"{name}() takes {FUNCTIONS[name]} parts, not {len(parts)}")
        if name == "in" and parts[1][0] != "fact":
            raise ExpressionError("in() looks into a list of the settings: in([item], {list})")
        return (name, *parts)
