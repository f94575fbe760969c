"""`ex.study()`: the latent-size study of the panel, in Python."""

import numpy as np
import pytest
from fake_comm import wire  # noqa: F401
from scipy.stats import pearsonr

from eelscape.explorer import explore
from eelscape.size_study import structure


def opened(wire):  # noqa: F811
    values = np.random.default_rng(2)
    si = values.random((30, 44, 20), dtype=np.float32)
    axes = [{"name": "y"}, {"name": "x"}, {"name": "energy", "units": "eV", "scale": 0.1}]
    image = values.random((30, 44), dtype=np.float32)
    explorer = explore(si, image, axes=axes, name="si")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return explorer, image


def test_study_compares_models_of_one_setup_by_size(wire):  # noqa: F811
    explorer, image = opened(wire)
    assert explorer.study() == []
    explorer.train("im2spec", latent_dims=1, filters=2, epochs=2, batch_size=8, seed=9)
    small = explorer.train("im2spec", latent_dims=1, filters=2, epochs=2, batch_size=8)
    other = explorer.train("spec2im", latent_dims=4, filters=2, epochs=2, batch_size=8)
    large = explorer.train("im2spec", latent_dims=4, filters=2, epochs=2, batch_size=8)
    again = explorer.train("im2spec", latent_dims=1, filters=2, epochs=2, batch_size=8)
    rows = explorer.study()
    # By kind and size; the newest of equal ones, none of another seed.
    assert [(row.kind, row.latent_dims) for row in rows] == [
        ("im2spec", 1),
        ("im2spec", 4),
        ("spec2im", 4),
    ]
    assert [row.model for row in rows] == [again, large, other]
    assert small not in [row.model for row in rows]
    for row in rows:
        for metric in ("relative", "rmse"):
            found = next(r for r in explorer.study(metric) if r.model is row.model)
            errors = row.model.error_map(metric)
            inside = np.isfinite(errors)
            split = row.model.split
            train = errors[inside & (split == 0)].astype(float)
            assert found.train == pytest.approx(train.mean(), rel=1e-6)
            assert found.train_sd == pytest.approx(train.std(ddof=1), rel=1e-6)
            assert found.r == pytest.approx(pearsonr(errors[inside], image[inside])[0], abs=1e-5)


def test_structure_of_an_error_map():
    image = np.array([[0.0, 1.0, 2.0], [4.0, 3.0, np.nan]])
    # The same picture on another scale: no difference once both lie in [0, 1].
    assert structure(10 + 5 * image, image) == pytest.approx((1, 0))
    r, mse = structure(-image, image)
    assert r == pytest.approx(-1)
    # |2 u - 1|^2 over u = 0, 1/4, 1/2, 3/4, 1.
    assert mse == pytest.approx((1 + 0.25 + 0 + 0.25 + 1) / 5)
    flat = structure(np.ones((2, 3)), image)
    assert np.isnan(flat[0])
    # A constant is 0 on that scale: the mean of u^2 is left.
    assert flat[1] == pytest.approx((0 + 1 / 16 + 1 / 4 + 9 / 16 + 1) / 5)
    assert np.isnan(structure(np.full((2, 3), np.nan), image)).all()


def test_study_refuses_an_unknown_measure(wire):  # noqa: F811
    explorer, _ = opened(wire)
    explorer.train("im2spec", latent_dims=1, filters=2, epochs=2, batch_size=8)
    with pytest.raises(ValueError, match="metric is 'skill'"):
        explorer.study("skill")
