"""An image of another shape or scale than the scan: never silently resampled."""

import warnings

import numpy as np
import pytest

from eelscape.adapters import to_spectrum_image
from eelscape.signal import Signal


def axes(ny, nx, scale=1.0, offset=0.0, units="nm"):
    return [
        {"name": name, "units": units, "scale": scale, "offset": offset, "size": n}
        for name, n in (("y", ny), ("x", nx))
    ]


def scan(ny=20, nx=24, **calibration):
    data = np.random.default_rng(1).random((ny, nx, 6), np.float32)
    energy = {"name": "energy", "units": "eV", "scale": 0.1}
    return Signal(data, [*axes(ny, nx, **calibration), energy])


def field(y, x):
    """A picture that is linear in place, so that both kinds of resampling keep it exactly."""
    return 3 + 2 * y[:, None] + 5 * x[None, :]


def middles(size, scale=1.0, offset=0.0):
    return offset + scale * (np.arange(size) + 0.5)


def sentence(data, word):
    return next(line for line in data.report if word in line)


def test_d1_another_shape_is_refused_and_names_the_way_out():
    """[D1] A survey image is no image of the scan."""
    si, survey = np.ones((61, 74, 9)), np.ones((512, 512))
    with pytest.raises(ValueError) as raised:
        to_spectrum_image(si, survey)
    assert str(raised.value) == (
        "The image is 512x512, the scan 61x74. Choose the simultaneous HAADF, or resample it onto "
        "the scan with resample=True."
    )


def test_d1_resampling_averages_by_area_when_asked():
    """[D1] Blocks of 2 x 3 pixels become their means; the report says so."""
    image = np.random.default_rng(2).random((40, 72))
    data = to_spectrum_image(scan(), image, resample=True)
    assert np.allclose(data.image, image.reshape(20, 2, 24, 3).mean(axis=(1, 3)), rtol=1e-6)
    line = sentence(data, "resampled")
    assert line.startswith("The HAADF image was resampled from 40x72 to 20x24, averaged by area")
    assert "the same field of view: they have no common units" in line


def test_d1_resampling_by_fractions_of_pixels_keeps_the_mean():
    """[D1] 512 x 512 onto 61 x 74: every pixel counts by its area."""
    image = np.random.default_rng(3).random((512, 512))
    si = np.random.default_rng(3).random((61, 74, 4))
    data = to_spectrum_image(si, image, resample=True)
    assert data.image.shape == (61, 74)
    assert data.image.mean() == pytest.approx(image.mean(), rel=1e-6)


def test_d1_finer_scans_are_interpolated_linearly():
    """[D1] A coarse image on a finer scan."""
    coarse = field(middles(10, 2.0), middles(8, 3.0))
    data = to_spectrum_image(scan(), coarse, resample=True)
    exact = field(middles(20), middles(24))
    assert np.allclose(data.image[1:-1, 2:-2], exact[1:-1, 2:-2])
    assert "interpolated linearly" in sentence(data, "resampled")


@pytest.mark.parametrize(("units", "factor"), [("nm", 1.0), ("um", 1000.0), ("Å", 0.1)])
def test_d1_calibrated_extents_place_the_scan_on_the_image(units, factor):
    """[D1] The scan lies where its axes say; nm, um and Å are compared as lengths."""
    picture = Signal(field(middles(200, 0.1), middles(200, 0.1)), axes(200, 200, 0.1))
    here = scan(scale=0.5 / factor, offset=5.0 / factor, units=units)
    data = to_spectrum_image(here, picture, resample=True)
    exact = field(middles(20, 0.5, 5.0), middles(24, 0.5, 5.0))
    assert np.allclose(data.image, exact, rtol=1e-6)
    assert "over the calibrated extent of the scan" in sentence(data, "resampled")


def test_d1_descending_axes_are_followed():
    """[D1] A scan whose y axis runs upwards."""
    picture = Signal(field(middles(40, 0.5), middles(48, 0.5)), axes(40, 48, 0.5))
    si = scan()
    y = {"name": "y", "units": "nm", "scale": -1.0, "offset": 20.0, "size": 20}
    data = to_spectrum_image(Signal(si.data, [y, *si.axes[1:]]), picture, resample=True)
    assert np.allclose(data.image, field(middles(20)[::-1], middles(24)))


def test_d1_pixels_that_the_image_does_not_reach_are_excluded():
    """[D1] No value is made up outside the image."""
    picture = Signal(field(middles(30), middles(30)), axes(30, 30))
    with pytest.warns(UserWarning, match="40 of 480 HAADF pixels hold no value: the image does"):
        data = to_spectrum_image(scan(offset=8.0), picture, resample=True)
    assert data.mask[:, -2:].all()
    assert data.mask.sum() == 40
    with pytest.raises(ValueError, match="All 480 HAADF pixels hold no value"):
        to_spectrum_image(scan(offset=800.0), picture, resample=True)


@pytest.mark.parametrize(("offset", "lost"), [(6.4, 0), (6.6, 20)])
def test_d1_a_pixel_has_a_value_where_the_image_covers_half_of_it(offset, lost):
    """[D1] The last column reaches 0.4 or 0.6 of a pixel beyond the image."""
    y, x = axes(20, 24)
    image = Signal(field(middles(20), middles(30)), axes(20, 30))
    si = Signal(scan().data, [y, {**x, "offset": offset}, scan().axes[2]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        data = to_spectrum_image(si, image, resample=True)
    assert (0 if data.mask is None else data.mask.sum()) == lost
    assert np.isnan(data.image).sum() == lost


def test_d1_a_scale_that_differs_is_reported_and_nothing_changed():
    """[D1] Same shape, another step: both are named."""
    image = np.random.default_rng(4).random((20, 24), np.float32)
    data = to_spectrum_image(scan(scale=0.5), Signal(image, axes(20, 24, 0.6)))
    assert np.array_equal(data.image, image)
    assert data.y.scale == 0.5
    lines = [line for line in data.report if "apart" in line]
    assert len(lines) == 2
    assert lines[0].startswith(
        "The y pixels are 0.6 nm in the image and 0.5 nm in the scan, 20% apart"
    )


@pytest.mark.parametrize(
    ("scale", "units"), [(0.509, "nm"), (0.0005, "um"), (0.0005, "µm"), (5.0, "Å"), (9.0, "")]
)
def test_d1_scales_that_agree_or_cannot_be_compared_are_not_reported(scale, units):
    """[D1] Up to 2 %, and 0.5 nm against 0.0005 um."""
    image = np.random.default_rng(4).random((20, 24), np.float32)
    data = to_spectrum_image(scan(scale=0.5), Signal(image, axes(20, 24, scale, units=units)))
    assert not [line for line in data.report if "apart" in line]


def test_d1_the_images_calibration_serves_a_scan_without_one():
    """[D1] And the report says where it comes from."""
    image = np.random.default_rng(4).random((20, 24), np.float32)
    data = to_spectrum_image(scan(units=""), Signal(image, axes(20, 24, 0.7)))
    assert (data.y.scale, data.y.units, data.y.name) == (0.7, "nm", "y")
    assert "The y axis has no calibration: the HAADF image's is taken." in data.report


def test_d1_nan_in_a_large_image_is_left_out_of_the_means():
    """[D1] And counted before."""
    image = np.ones((40, 48)) * np.arange(48)
    image[0, 0] = np.nan
    with pytest.warns(UserWarning, match="1 of 1920 HAADF pixels hold NaN"):
        data = to_spectrum_image(scan(), image, resample=True)
    assert data.image[0, 0] == pytest.approx((1 + 0 + 1) / 3)
    assert data.mask is None
