"""Simulated STEM-EELS spectrum images of a monolayer of plasmonic nanocrystals.

Quasi-static modal electron energy-loss spectroscopy of many coupled particles, in NumPy and SciPy.
All of its output is simulated and is labelled so.
"""

from .recording import DamagedRecording, Recording, read_recording, write_recording
from .scene import SCENES, SEEDS, Crack, Edge, Hole, Scene
from .simulation import Simulation, film_and_scan, simulate

__all__ = [
    "SCENES",
    "SEEDS",
    "Crack",
    "DamagedRecording",
    "Edge",
    "Hole",
    "Recording",
    "Scene",
    "Simulation",
    "film_and_scan",
    "read_recording",
    "simulate",
    "write_recording",
]
