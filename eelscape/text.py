"""Text that came from elsewhere: titles, units and names of files, attributes and pages."""

from __future__ import annotations

import re
from typing import Any

from .limits import MAX_REPORT, MAX_TEXT

# Controls (tabs and line breaks are none), halves of a character, and what is no character: they
# steer a terminal, end a string, or cannot be sent at all.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,39}")


def clean_text(value: Any, most: int = MAX_TEXT) -> str:
    """A text as it may be shown and sent.

    Parameters
    ----------
    value : object
        Turned into text.
    most : int
        Characters that are kept.

    Returns
    -------
    str
        With U+FFFD for what is no character.
    """
    text = _NO_TEXT.sub("\ufffd", str(value).replace("\r\n", "\n"))
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def clean_json(value: Any) -> Any:
    """`clean_text` for every text of a piece of JSON, keys included."""
    if isinstance(value, str):
        return clean_text(value, MAX_REPORT)
    if isinstance(value, dict):
        return {clean_text(key, MAX_REPORT): clean_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    return value


def install_line(version: Any) -> str:
    """What to run for a version that a file or a page names; whatever is none is left out."""
    if isinstance(version, str) and _VERSION.fullmatch(version):
        return f"pip install eelscape=={version}"
    return "pip install --upgrade eelscape"


def clean_attributes(owner: Any, *names: str) -> None:
    """`clean_text` for attributes of an object, texts or lists of them, frozen or not."""
    for name in names:
        value = getattr(owner, name)
        cleaned = [clean_text(v) for v in value] if isinstance(value, list) else clean_text(value)
        object.__setattr__(owner, name, cleaned)
