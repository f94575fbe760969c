"""Removal of the zero-loss peak and its tail from low-loss spectra."""

from .model import Subtraction, ZeroLossModel
from .removal import remove_zero_loss
from .terms import MODELS

__all__ = ["MODELS", "Subtraction", "ZeroLossModel", "remove_zero_loss"]
