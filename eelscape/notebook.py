"""What the notebook knows of the running cell: names of variables, and the cell itself."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any


def variable_name(obj: Any) -> str | None:
    """The name that the user's namespace gives an object, found by identity."""
    return next(iter(variable_names(obj)), None)


def variable_names(obj: Any) -> list[str]:
    """All names that the user's namespace gives an object, oldest first."""
    return [
        key
        for key, value in list(user_names().items())
        if value is obj and isinstance(key, str) and not key.startswith("_")
    ]


def user_names() -> dict[str, Any]:
    """The user's variables by name; empty where no notebook or shell is there."""
    return getattr(shell(), "user_ns", None) or {}


# Ids given in the running cell: two `explore` of one cell get two panels.
_given: dict[str, Any] = {"execution": None, "ids": set()}


def line_id(name: str) -> str:
    """The same id whenever the same cell opens data of the same name, so that its panel stays.

    After a kernel restart too: the panel that lost its data finds them again.
    """
    parent: dict[str, Any] = {}
    kernel = getattr(shell(), "kernel", None)
    if kernel is not None:
        parent = kernel.get_parent() or {}
    cell = (parent.get("metadata") or {}).get("cellId")
    if not cell:
        return uuid.uuid4().hex
    execution = (parent.get("header") or {}).get("msg_id")
    if _given["execution"] != execution:
        _given.update(execution=execution, ids=set())
    for ordinal in range(1000):
        found = hashlib.sha256(f"{cell}\n{name}\n{ordinal}".encode()).hexdigest()[:32]
        if found not in _given["ids"]:
            break
    _given["ids"].add(found)
    return found


def shell() -> Any:
    """The running IPython shell; None where there is none."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()
