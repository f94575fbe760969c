"""Guards for JSON that came from elsewhere; mirrored in src/kernel/checks.ts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")

#: True where a value is of the expected kind.
Check = Callable[[Any], bool]


def is_whole(low: int, high: int = 2**53 - 1) -> Check:
    """A whole number within the limits, no truth value."""
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high


def is_text(longest: int) -> Check:
    """A text of at most so many characters."""
    return lambda v: isinstance(v, str) and len(v) <= longest


def is_id(longest: int) -> Check:
    """A text of at most so many characters that can be sent back: no halves of characters."""
    return lambda v: isinstance(v, str) and len(v) <= longest and not _HALF.search(v)


def is_number(v: Any) -> bool:
    """A finite number, no truth value."""
    if isinstance(v, bool) or not isinstance(v, (int, float)):
        return False
    # A whole number of JSON may have more digits than a float holds.
    return abs(v) <= sys.float_info.max


def is_truth(v: Any) -> bool:
    """True or False."""
    return isinstance(v, bool)


def is_record(v: Any) -> bool:
    """An object of JSON."""
    return isinstance(v, dict)


def is_one_of(*allowed: Any) -> Check:
    """One of these texts."""
    return lambda v: isinstance(v, str) and v in allowed


def is_pair_of(check: Check) -> Check:
    """A list of two."""
    return lambda v: isinstance(v, list) and len(v) == 2 and all(map(check, v))


def is_list(most: int, check: Check) -> Check:
    """A list of at most so many."""
    return lambda v: isinstance(v, list) and len(v) <= most and all(map(check, v))


def or_none(check: Check) -> Check:
    """None, or what passes the check."""
    return lambda v: v is None or check(v)


def has_fields(v: Any, fields: dict[str, Check]) -> bool:
    """A dict that has every field, each of its kind."""
    return isinstance(v, dict) and all(
        name in v and check(v[name]) for name, check in fields.items()
    )
