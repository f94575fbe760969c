"""JSON that came from elsewhere: its depth is looked at before it is parsed."""

from __future__ import annotations

import json
import re
from typing import Any

from .limits import MAX_JSON_DEPTH

# Never fails at a quote, whatever follows: a string without an end would be tried from each of
# its quotes, which takes hours for a megabyte of them.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]+|\\.)*"?|[\[\]{}]', re.DOTALL)


def load_json(text: bytes | str, most: int = MAX_JSON_DEPTH, strict: bool = True) -> Any:
    """Parse JSON, refusing deep nesting.

    Parameters
    ----------
    text : bytes or str
        Bytes are UTF-8.
    most : int
        Levels of brackets.
    strict : bool
        Whether repeated keys and NaN are refused, too.

    Raises
    ------
    ValueError
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    depth = depth_of(text)
    if depth > most:
        raise ValueError(f"nested {depth} levels deep, at most {most} are read")
    if not strict:
        return json.loads(text)
    return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse)


def depth_of(text: str) -> int:
    """Levels of brackets outside of strings."""
    depth = deepest = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        first = text[match.start()]
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth -= 1
    return deepest


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise ValueError("a key is repeated")
    return keys


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")
