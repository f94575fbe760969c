"""Units and energy axes as they come: compared as units, never guessed; faults named."""

import numpy as np
import pytest

from eelscape.adapters import to_dataset, to_spectrum_image
from eelscape.adapters.units import is_energy, quantity, ratio
from eelscape.axes import Axis


def pair(ny=18, nx=20, channels=30):
    rng = np.random.default_rng(2)
    return rng.random((ny, nx, channels), np.float32), rng.random((ny, nx), np.float32)


def axes(y="nm", x="nm", **energy):
    return [
        {"name": "y", "units": y, "scale": 0.5},
        {"name": "x", "units": x, "scale": 0.25},
        {"name": "energy", "units": "eV", "scale": 0.1, **energy},
    ]


# ---- units ----


@pytest.mark.parametrize(
    ("units", "other", "expected"),
    [
        ("um", "nm", 1e3),
        ("µm", "nm", 1e3),
        ("μm", "nm", 1e3),
        ("nm", "Å", 10),
        ("\u212b", "nm", 0.1),
        ("m", "nm", 1e9),
        ("eV", "meV", 1e3),
        ("keV", "eV", 1e3),
        ("MeV", "keV", 1e3),
        ("px", "px", 1),
        ("nm", "eV", None),
        ("nm", "", None),
        ("", "", None),
        ("px", "nm", None),
    ],
)
def test_d7_units_are_compared_as_units(units, other, expected):
    """[D7] nm against um, meV against eV; unknown units with none."""
    found = ratio(units, other)
    assert found == expected if expected is None else found == pytest.approx(expected)


def test_d7_mega_and_milli_electronvolts_are_told_apart():
    """[D7] The one unit whose case matters."""
    assert quantity("meV") == ("energy", 1e-3)
    assert quantity("MeV") == ("energy", 1e6)


@pytest.mark.parametrize("units", ["eV", "meV", "keV", "EV", " eV "])
def test_d7_energies_keep_their_units(units):
    """[D7] meV stay meV, and are energies as much as eV."""
    data = to_dataset(*pair(), axes=axes(units=units))
    assert data.energy.units == units
    assert is_energy(data.energy)


def test_d7_pixels_need_not_be_square_nor_of_one_unit():
    """[D7] Scale and units of each direction arrive as they are."""
    data = to_dataset(*pair(), axes=axes(y="nm", x="um"))
    assert (data.y.scale, data.y.units) == (0.5, "nm")
    assert (data.x.scale, data.x.units) == (0.25, "um")


def test_d7_missing_units_are_said_and_not_guessed():
    """[D7] "units unknown" for each axis without."""
    data = to_dataset(*pair(), axes=axes(y="", units=""))
    assert data.report == [
        "The units of the y axis are unknown.",
        "The units of the energy axis are unknown.",
    ]
    assert (data.y.units, data.energy.units) == ("", "")


# ---- energies ----


def test_d8_a_duplicated_energy_is_named_with_its_channel():
    """[D8] Energy axis not increasing at channel 87."""
    si, haadf = pair(channels=100)
    values = np.arange(100.0)
    values[87] = values[86]
    with pytest.raises(ValueError, match=r"Energy axis not increasing at channel 87: 86 is follow"):
        to_spectrum_image(si, haadf, axes=axes(values=values))


def test_d8_energies_that_turn_back_are_named_with_their_channel():
    """[D8] In axes that otherwise ascend and that otherwise descend."""
    values = np.arange(30.0)
    values[12] = 3.0
    with pytest.raises(ValueError, match="not increasing at channel 12: 11 is followed by 3 eV"):
        to_spectrum_image(*pair(), axes=axes(values=values))
    values = np.arange(30.0)[::-1].copy()
    values[12] = 25.0
    with pytest.raises(ValueError, match="not increasing at channel 12: 18 is followed by 25 eV"):
        to_spectrum_image(*pair(), axes=axes(values=values))


def test_d8_descending_energies_are_flipped_and_flipped_back():
    """[D8] Ascending inside, the source's order on return."""
    si, haadf = pair()
    data = to_dataset(si, haadf, axes=axes(scale=-0.1, offset=5.0))
    assert data.energy_flipped
    assert np.array_equal(data.spectra, si[..., ::-1])
    assert np.all(np.diff(data.energy.array) > 0)
    assert np.array_equal(data.restore(data.spectra), si)
    assert np.array_equal(data.restore(data.spectra[3, 4]), si[3, 4])


def test_d8_descending_values_are_flipped_lazily_too():
    """[D8] Dask arrays keep being read block by block."""
    da = pytest.importorskip("dask.array")
    si, haadf = pair()
    values = np.geomspace(5, 0.2, 30)
    data = to_spectrum_image(da.from_array(si), haadf, axes=axes(values=values))
    assert data.lazy
    assert np.allclose(data.energy.array, values[::-1])
    assert np.array_equal(data.to_dataset().spectra, si[..., ::-1])


def test_d8_uneven_energies_work_by_their_values():
    """[D8] Non-uniform axes keep every value."""
    values = np.geomspace(0.2, 5, 30)
    data = to_dataset(*pair(), axes=axes(values=values))
    assert data.energy.array.tolist() == values.tolist()
    assert not data.energy.uniform


def test_d8_energies_that_are_not_finite_are_named():
    """[D8] With the element."""
    values = np.arange(30.0)
    values[4] = np.nan
    with pytest.raises(ValueError, match=r"Axis 'energy' is not finite at element 4"):
        to_spectrum_image(*pair(), axes=axes(values=values))
    with pytest.raises(ValueError, match=r"scale 0\.0"):
        to_spectrum_image(*pair(), axes=axes(scale=0.0))


def test_d8_one_energy_is_an_axis():
    """[D8] A single value has no direction."""
    from eelscape.adapters.orientation import ascending

    axis, flipped, report = ascending(Axis("energy", "eV", 1))
    assert (axis.size, flipped, report) == (1, False, [])
