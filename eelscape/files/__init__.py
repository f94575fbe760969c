"""Reading files; nothing in them is unpickled."""

from .opening import open
from .window_pairs import WindowPairs

__all__ = ["WindowPairs", "open"]
