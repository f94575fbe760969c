"""What factorisation and regions show of the sample, against the simulation's known geometry.

The film and the scan are drawn again from the sample's seed: where particles, gaps, holes and the
outside are is known, not read off the images.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt, label
from scipy.signal import find_peaks, savgol_filter

from eelscape.axes import Axis
from eelscape.dataset import Dataset
from eelscape.factorisation import nmf
from eelscape.regions import regions_of
from eelscape.samples import sample
from eelscape.simulation import SCENES, SEEDS, film_and_scan

# As in Fig. 1 of the paper: particle, gap, hole, outside. Pixels (x, y).
SHAPES = [
    {"name": "R1", "kind": "rectangle", "points": [[48, 9], [51, 12]]},
    {"name": "R2", "kind": "rectangle", "points": [[39, 14], [40, 19]]},
    {"name": "R3", "kind": "ellipse", "points": [[17, 19], [24, 26]]},
    {"name": "R4", "kind": "rectangle", "points": [[33, 57], [40, 60]]},
]


@pytest.fixture(scope="module")
def ftio():
    return sample("ftio")


@pytest.fixture(scope="module")
def places():
    """Masks (62, 75) from the film itself, lengths in nm."""
    scene = SCENES["ftio"]
    particles, positions = film_and_scan(scene, SEEDS["ftio"])
    thickness = particles.thickness(positions)[0].reshape(scene.shape)
    x, y = np.moveaxis(positions.reshape(*scene.shape, 2), -1, 0)
    away = distance_transform_edt(thickness == 0) * scene.pixel_size
    inside = distance_transform_edt(thickness > 0) * scene.pixel_size
    width, height = scene.field
    lowest = particles.centres[np.abs(particles.centres[:, 0] - width / 2) < width / 2, 1].max()
    holes = np.zeros(scene.shape, bool)
    for hole in scene.holes:
        holes |= np.hypot(x - hole.x * width, y - hole.y * height) < hole.radius
    return SimpleNamespace(
        thickness=thickness,
        particles=thickness > 10,
        cores=inside >= 4,
        gaps=(thickness == 0) & (away <= 2) & ~holes & (y < lowest - 10),
        holes=holes & (away >= 4),
        outside=(y > lowest + 6) & (away >= 8),
    )


@pytest.fixture(scope="module")
def regions(ftio):
    si, haadf = ftio
    return regions_of(SHAPES, Dataset(si.data, haadf.data, *si.axes, spectra_units=si.units))


@pytest.fixture(scope="module")
def factorisation(ftio):
    return nmf(ftio[0], 4)


def band(spectra, energies, energy, half=0.015):
    return spectra[..., np.abs(energies - energy) <= half + 1e-9].mean(-1)


def bulk_excess(spectra, energies):
    """Counts near 0.915 eV above the line through those near 0.84 and 0.99 eV."""
    low, middle, high = (band(spectra, energies, energy) for energy in (0.84, 0.915, 0.99))
    return middle - (low + high) / 2


def bumps(spectrum, energies):
    """Energies where the smoothed spectrum bends down most: its peaks and shoulders."""
    bend = -savgol_filter(spectrum, 61, 3, deriv=2)
    return energies[find_peaks(bend, prominence=0.02 * bend.max())[0]]


def test_geometry_is_that_of_the_sample(ftio, places):
    """The HAADF image shows the film that is drawn here again."""
    assert np.corrcoef(ftio[1].data.ravel(), places.thickness.ravel())[0, 1] > 0.95
    for name in ("particles", "cores", "gaps", "holes", "outside"):
        assert getattr(places, name).sum() > 100, name


def test_each_kind_of_place_has_its_component(factorisation, places):
    """Particles, gaps, holes and the outside each lead in one of four components (Fig. 1 c-f).

    Measured means are 1.4 (hole) to 2.3 (gap) times the next place's; 1.2 is asked for.
    """
    kinds = ("particles", "gaps", "holes", "outside")
    maps = factorisation.abundances.data
    means = np.array([maps[getattr(places, kind)].mean(0) for kind in kinds])
    leading = means.argmax(0)
    assert sorted(leading) == [0, 1, 2, 3], means
    ordered = np.sort(means, axis=0)
    assert (ordered[-1] > 1.2 * ordered[-2]).all(), means


def test_particle_component_follows_the_particles(factorisation, places):
    """It alone is correlated with the particles' thickness, and it holds the bulk peak."""
    maps = factorisation.abundances.data.reshape(-1, 4)
    thickness = places.thickness.ravel()
    correlations = [np.corrcoef(maps[:, k], thickness)[0, 1] for k in range(4)]
    which = int(np.argmax(correlations))
    assert correlations[which] > 0.55
    assert max(correlations[:which] + correlations[which + 1 :]) < 0.1

    energies = factorisation.endmembers.axes[1].array
    bulk = [
        band(endmember, energies, 0.9) / endmember.max()
        for endmember in factorisation.endmembers.data
    ]
    assert bulk[which] > 0.3
    assert max(bulk[:which] + bulk[which + 1 :]) < 0.15
    assert np.abs(bumps(factorisation.endmembers.data[which], energies) - 0.91).min() < 0.03


def test_gap_component_has_both_surface_peaks(factorisation, places):
    """Main peak between 0.5 and 0.65 eV, a second near 0.75 eV, as in Fig. 1 b."""
    energies = factorisation.endmembers.axes[1].array
    gap = int(factorisation.abundances.data[places.gaps].mean(0).argmax())
    spectrum = factorisation.endmembers.data[gap]
    assert 0.5 < energies[spectrum.argmax()] < 0.65
    assert band(spectrum, energies, 0.75) > 0.4 * spectrum.max()
    assert np.abs(bumps(spectrum, energies) - 0.76).min() < 0.04


def test_some_components_are_delocalised(factorisation, places):
    """Two of them reach into the holes, the particles' own ends at the particles."""
    holes = factorisation.abundances.data[places.holes].mean(0)
    overall = np.nanmean(factorisation.abundances.data, (0, 1))
    assert (holes > 0.5 * overall).sum() >= 2
    particle = int(factorisation.abundances.data[places.particles].mean(0).argmax())
    assert holes[particle] < 0.25 * overall[particle]


def test_four_components_explain_the_sample(factorisation):
    assert 0.95 < factorisation.explained < 1
    assert min(factorisation.shares) > 0.03


def test_regions_lie_where_they_are_meant_to(regions, places):
    masks = {name: region.mask for name, region in regions.items()}
    assert places.thickness[masks["R1"]].min() > 13
    assert places.gaps[masks["R2"]].all()
    assert places.holes[masks["R3"]].all()
    assert places.outside[masks["R4"]].all()
    assert all(region.pixels >= 5 for region in regions.values())


def test_region_spectra_show_the_surface_peaks(ftio, regions):
    """~0.5 and ~0.75 eV in all four regions, as a peak or as a shoulder."""
    energies = ftio[0].axes[-1].array
    for name, region in regions.items():
        found = bumps(region.spectrum.data, energies)
        assert np.abs(found - 0.5).min() < 0.07, (name, found)
        assert np.abs(found - 0.755).min() < 0.03, (name, found)
        top = energies[region.spectrum.data.argmax()]
        assert 0.42 < top < 0.66, (name, top)
    peaks = {name: region.spectrum.data.max() for name, region in regions.items()}
    assert peaks["R2"] > peaks["R3"] > peaks["R4"]


def test_bulk_peak_only_on_the_particle(ftio, regions):
    """R1 rises above its neighbours at 0.915 eV by ten standard errors; R2, R3, R4 do not."""
    energies = ftio[0].axes[-1].array
    for name, region in regions.items():
        excess = bulk_excess(region.spectrum.data, energies)
        channels = (np.abs(energies - 0.915) <= 0.015).sum()
        error = band(region.standard_error.data, energies, 0.915) / np.sqrt(channels)
        if name == "R1":
            assert excess > 10 * error and excess > 10, (excess, error)
            assert np.abs(bumps(region.spectrum.data, energies) - 0.915).min() < 0.02
        else:
            assert excess < 0, (name, excess, error)


def test_bulk_peak_on_every_particle_and_nowhere_else(ftio, places):
    """Every core of a particle of nine pixels or more shows it; off particles there is noise."""
    si = ftio[0]
    energies = si.axes[-1].array
    found, count = label(places.cores)
    sizes = np.bincount(found.ravel())
    cores = [found == i for i in range(1, count + 1) if sizes[i] >= 9]
    assert len(cores) > 40
    excess = np.array([bulk_excess(si.data[core].mean(0), energies) for core in cores])
    assert (excess > 0).all(), np.sort(excess)[:5]

    each = bulk_excess(si.data, energies)
    assert (each[places.gaps] > 0).mean() < 0.02
    for kind in ("gaps", "holes", "outside"):
        values = each[getattr(places, kind)]
        assert values.mean() < 0, kind
    assert (each[places.holes] > 0).mean() < 0.05


def test_axes_of_what_comes_out(factorisation, regions, ftio):
    si = ftio[0]
    assert factorisation.abundances.axes == [*si.axes[:2], Axis("component", "", 4)]
    assert factorisation.endmembers.axes[1] == si.axes[2]
    assert regions["R1"].spectrum.axes == [si.axes[2]]
