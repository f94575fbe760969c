"""From what users have to a checked `Dataset`."""

from .pair import WINDOW, to_dataset

__all__ = ["WINDOW", "to_dataset"]
