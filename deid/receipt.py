"""What was done to a series, without a value: the part of the receipt that the registry signs and chains."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from deid.model import ENGINE, Result
from deid.profile import PROFILE_VERSION

_INDEX = re.compile(r"\[\d+\]")


def receipt(results: Sequence[Result]) -> dict[str, Any]:
    """Counts over the instances of one series, in a shape that JSON keeps.

    ``actions`` maps letter → tag path (item numbers left out) → how often; ``changed`` counts what may have
    identified, alike; ``pixels`` has one row per instance by its new UID, with both hashes.
    """
    actions: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, str]] = Counter()
    findings: Counter[tuple[str, str, str]] = Counter()
    for result in results:
        actions.update((a.action, _INDEX.sub("", a.path)) for a in result.actions)
        changed.update((a.action, _INDEX.sub("", a.path)) for a in result.changed)
        findings.update((f.code, f.severity, _INDEX.sub("", f.where)) for f in result.findings)
    return {
        "engine": ENGINE,
        "profile": PROFILE_VERSION,
        "series": results[0].series if results else "",
        "instances": len(results),
        "anchored": bool(results) and all(result.anchored for result in results),
        "actions": _tree(actions),
        "changed": _tree(changed),
        "findings": [
            {"code": code, "severity": severity, "where": where, "count": count}
            for (code, severity, where), count in sorted(findings.items())
        ],
        "pixels": [
            {"instance": r.instance, "before": r.pixel_sha256_before, "after": r.pixel_sha256_after}
            for r in sorted(results, key=lambda r: r.instance)
        ],
    }


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that are hashed and signed: sorted keys, no blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: dict[str, Any]) -> str:
    """Hex SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _tree(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for (letter, path), count in sorted(counts.items()):
        out.setdefault(letter, {})[path] = count
    return out
