"""What a notebook checks after the main job; every figure is recomputed here with NumPy alone."""

import json

import numpy as np

WINDOW = 16
HALF = WINDOW // 2


def windows_of(image):
    """(ny - 15, nx - 15, 16, 16); entry [i, j] is the window centred at (i + 8, j + 8)."""
    return np.lib.stride_tricks.sliding_window_view(image, (WINDOW, WINDOW))


def truth_of(kind, spectra, image):
    """Targets on the full scan, NaN where no window fits."""
    ny, nx = image.shape
    valid = np.zeros((ny, nx), bool)
    valid[HALF : ny - HALF + 1, HALF : nx - HALF + 1] = True
    if kind == "im2spec":
        return valid, np.asarray(spectra, float)
    target = np.full((ny, nx, WINDOW, WINDOW), np.nan)
    target[valid] = windows_of(np.asarray(image, float)).reshape(-1, WINDOW, WINDOW)
    return valid, target


def check_model(kind, model, spectra, image):
    """Asserts the numbers of one trained model; returns a line with the observed differences."""
    spectra, image = np.asarray(spectra, np.float32), np.asarray(image, np.float32)
    valid, target = truth_of(kind, spectra, image)
    predicted = model.predictions()
    axes = tuple(range(2, predicted.ndim))

    # NaN exactly where no window fits.
    error = model.error_map()
    assert error.shape == image.shape and error.dtype == np.float32
    assert np.array_equal(np.isfinite(error), valid)
    assert np.array_equal(np.isfinite(predicted).all(axis=axes), valid)

    # The error map is the formula, recomputed.
    low, high = model.scaling["spectrum" if kind == "im2spec" else "image"]
    p = (predicted[valid].astype(float) - low) / (high - low)
    t = (target[valid].astype(float) - low) / (high - low)
    inner = tuple(range(1, p.ndim))
    formula = np.sqrt(((p - t) ** 2).mean(inner) / ((p + t) ** 2).mean(inner))
    worst_error = np.abs(error[valid] - formula).max()
    assert worst_error <= 1e-5, worst_error
    rmse = model.error_map(metric="rmse")[valid]
    assert np.abs(rmse - np.sqrt(((p - t) ** 2).mean(inner))).max() <= 1e-5

    # Kernel against browser.
    cut = windows_of(image).reshape(-1, WINDOW, WINDOW)
    features = cut if kind == "im2spec" else spectra[valid]
    kernel = model.predict(features)
    browser = predicted[valid]
    gap = np.abs(kernel - browser).max() / np.abs(browser).max()
    assert gap <= 1e-4, gap
    latents = model.latents()
    assert np.array_equal(np.isfinite(latents).all(-1), valid)
    encoded = model.encode(features)
    latent_gap = np.abs(encoded - latents[valid]).max() / np.abs(latents[valid]).max()
    assert latent_gap <= 1e-4, latent_gap

    # The grid runs from least to greatest encoding and is decoded.
    nodes, decoded = model.latent_grid(size=5)
    z = latents[valid].astype(float)
    for axis, along in ((0, nodes[0, :, 0]), (1, nodes[:, 0, 1])):
        assert np.allclose(along, np.linspace(z[:, axis].min(), z[:, axis].max(), 5), rtol=1e-6)
    again = model.decode(nodes.reshape(-1, 2).astype(np.float32)).reshape(decoded.shape)
    assert np.abs(again - decoded).max() <= 1e-4 * np.abs(decoded).max()

    # Back-projection against a brute-force search.
    points = nodes.reshape(-1, 2)
    found = model.back_project(points, k=3)
    distance = np.sqrt(((points[:, None].astype(float) - z[None]) ** 2).sum(-1))
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :3]
    place = np.argwhere(valid)
    assert np.array_equal(np.asarray(found.positions), place[nearest])
    assert np.allclose(found.distances, np.take_along_axis(distance, nearest, 1), rtol=1e-6)
    mean = features[nearest].mean(1)
    assert np.abs(found.mean - mean).max() <= 1e-5 * np.abs(mean).max()

    # No test window shares a pixel with a training window.
    split = model.split
    assert split.shape == image.shape and np.array_equal(split >= 0, valid)
    covered = np.zeros(image.shape, bool)
    for i, j in np.argwhere(split == 0):
        covered[i - HALF : i + HALF, j - HALF : j + HALF] = True
    tested = np.argwhere(split == 2)
    assert len(tested) > 0
    for i, j in tested:
        assert not covered[i - HALF : i + HALF, j - HALF : j + HALF].any(), (i, j)

    # History: one finite value an epoch.
    assert len(model.history["train"]) == model.setup["epochs"] == len(model.history["test"])
    assert np.isfinite(model.history["train"]).all()
    return f"{kind}: error map {worst_error:.1e}, predict {gap:.1e}, encode {latent_gap:.1e}"


def check_learning(model, spectra):
    """Training error below half of what the mean training spectrum gives, in relative error."""
    train = model.split == 0
    low, high = model.scaling["spectrum"]
    t = (np.asarray(spectra, float)[train] - low) / (high - low)
    mean = t.mean(0)
    baseline = np.sqrt(((mean - t) ** 2).mean(1) / ((mean + t) ** 2).mean(1)).mean()
    reached = float(model.error_map()[train].mean())
    assert reached < 0.5 * baseline, (reached, baseline)
    return f"training error {100 * reached:.2f} %, mean spectrum {100 * baseline:.2f} %"


def pixels_for_readout(model, spectra, energy_range):
    """Three pixels with what the panel must show there, as JSON for the browser test."""
    energies = model.energy.array
    first, last = (int(np.argmin(abs(energies - e))) for e in energy_range)
    error, latents = model.error_map(), model.latents()
    rows = []
    for part in (0, 1, 2):
        i, j = (int(v) for v in np.argwhere(model.split == part)[7])
        rows.append(
            {
                "row": i,
                "column": j,
                "error": float(error[i, j]),
                "latents": [float(v) for v in latents[i, j]],
                "measured": float(np.asarray(spectra, float)[i, j, first : last + 1].mean()),
            }
        )
    return "READOUT " + json.dumps(rows)
