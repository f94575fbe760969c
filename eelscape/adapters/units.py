"""Units of lengths and energies, compared as units and not as text."""

from __future__ import annotations

from ..axes import Axis

_LENGTHS = {
    "m": 1.0,
    "mm": 1e-3,
    "um": 1e-6,
    "µm": 1e-6,  # micro sign
    "μm": 1e-6,  # Greek mu
    "micron": 1e-6,
    "microns": 1e-6,
    "nm": 1e-9,
    "å": 1e-10,
    "a": 1e-10,
    "angstrom": 1e-10,
    "angstroms": 1e-10,
    "ångström": 1e-10,
    "pm": 1e-12,
    "meter": 1.0,
    "metre": 1.0,
    "micrometer": 1e-6,
    "micrometre": 1e-6,
    "nanometer": 1e-9,
    "nanometre": 1e-9,
}
_ENERGIES = {
    "ev": 1.0,
    "mev": 1e-3,
    "kev": 1e3,
    "electronvolt": 1.0,
    "electron volt": 1.0,
    "millielectronvolt": 1e-3,
    "kiloelectronvolt": 1e3,
}


def quantity(units: str) -> tuple[str, float]:
    """What units measure, and their size.

    Returns
    -------
    quantity : str
        "length" (sizes in m), "energy" (in eV), else "".
    size : float
        1.0 where the quantity is "".
    """
    # "Å" has two code points; both become the letter with a ring.
    text = units.strip().replace("\u212b", "Å").lower()
    # MeV is a thousand keV, not a thousandth of an eV.
    if units.strip().startswith("MeV"):
        return "energy", 1e6
    if text in _LENGTHS:
        return "length", _LENGTHS[text]
    if text in _ENERGIES:
        return "energy", _ENERGIES[text]
    return "", 1.0


def is_energy(axis: Axis) -> bool:
    """Whether an axis counts energies, by its units or its name."""
    name = axis.name.lower()
    return quantity(axis.units)[0] == "energy" or "energy" in name or "eloss" in name


def ratio(units: str, other: str) -> float | None:
    """How many of `other` make one of `units`; None where they cannot be compared.

    Unknown units compare with none, not even with each other.
    """
    if not units or not other:
        return None
    (kind, size), (other_kind, other_size) = quantity(units), quantity(other)
    if kind and kind == other_kind:
        return size / other_size
    return 1.0 if units == other else None
