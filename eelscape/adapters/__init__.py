"""From what users have to a checked pair."""

from .checks import WINDOW
from .pair import to_dataset, to_spectrum_image
from .question import Group, Option, Question

__all__ = ["WINDOW", "Group", "Option", "Question", "to_dataset", "to_spectrum_image"]
