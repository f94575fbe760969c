"""The model as its users meet it: prediction, maps, latents, back-projection."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from model_case import NX, NY, Case, close, dataset_for, unit

from eelscape.inference import CHUNK
from eelscape.model import Evaluation, Model
from eelscape.model_file import model_file_bytes


@pytest.fixture(params=["im2spec", "spec2im"])
def case(request):
    return Case(request.param)


def test_prediction_matches_numpy(case):
    # More than one chunk.
    assert len(case.features) > CHUNK
    for dtype in ("f4", "f8", ">f4"):
        features = case.features.astype(dtype)
        close(case.model.encode(features), case.latents)
        close(case.model.predict(features), case.predictions)
    close(case.model.decode(case.latents), case.predictions)
    assert case.model.predict(case.features).dtype == np.float32
    whole = np.round(case.features).astype("i2")
    np.testing.assert_array_equal(case.model.encode(whole), case.model.encode(whole.astype("f4")))
    assert case.model.encode(case.features[:0]).shape == (0, case.spec.latent_dims)


def test_samples_that_are_not_finite_give_nan(case):
    features = case.features[:4].astype("f8")
    features[1].flat[3] = np.nan
    features[2].flat[0] = 1e300
    for out in (case.model.encode(features), case.model.predict(features)):
        flat = np.isnan(out.reshape(4, -1))
        assert flat[1].all() and flat[2].all() and not flat[[0, 3]].any()
    close(case.model.encode(features)[[0, 3]], case.latents[[0, 3]])
    masked = np.ma.masked_array(case.features[:2], np.zeros_like(case.features[:2], dtype=bool))
    masked.mask[1].flat[0] = True
    assert np.isnan(case.model.encode(masked)[1]).all()
    assert np.isnan(case.model.decode([[np.nan] * case.spec.latent_dims])).all()


def test_other_shapes_are_refused_with_the_right_one(case):
    sizes = ", ".join(map(str, case.spec.feature_shape))
    for method in (case.model.encode, case.model.predict):
        with pytest.raises(ValueError, match=rf"shape \(n, {sizes}\).*x\[np\.newaxis\]"):
            method(case.features[0])
        with pytest.raises(ValueError, match=rf"shape \(n, {sizes}\).*model\.over"):
            method(np.zeros((NY, NX, 3)))
        with pytest.raises(TypeError, match=r"real numbers.*complex128"):
            method(case.features.astype("c16"))
        with pytest.raises(TypeError, match="real numbers"):
            method(np.array(["a"]))
    with pytest.raises(ValueError, match=rf"latents of shape \(n, {case.spec.latent_dims}\)"):
        case.model.decode(np.zeros((2, 9)))


def test_dask_stays_lazy_and_agrees(case):
    da = pytest.importorskip("dask.array", reason="Dask is optional")
    # Chunks along the features too, which have to be joined.
    lazy = da.from_array(case.features, chunks=(60, *[5] * (case.features.ndim - 1)))
    for name in ("encode", "predict"):
        out = getattr(case.model, name)(lazy)
        assert isinstance(out, da.Array) and out.dtype == np.float32
        assert out.chunks[0] == lazy.chunks[0]
        expected = getattr(case.model, name)(case.features)
        assert out.shape == expected.shape
        close(out.compute(scheduler="threads"), expected)
    decoded = case.model.decode(da.from_array(case.latents, chunks=(50, 1)))
    close(decoded.compute(), case.predictions)
    with pytest.raises(ValueError, match="shape"):
        case.model.encode(lazy[0])


def test_dask_over_a_whole_scan(case):
    da = pytest.importorskip("dask.array", reason="Dask is optional")
    mask = np.zeros((NY, NX), dtype=bool)
    mask[9, 11] = True
    data = case.data.image if case.spec.kind == "im2spec" else case.data.spectra
    expected = case.model.over(data, mask)
    found = case.model.over(da.from_array(data, chunks=(7, 9, 16)[: data.ndim]), mask)
    for lazy, array in zip(found, expected, strict=True):
        assert isinstance(lazy, da.Array) and lazy.shape == array.shape
        computed = lazy.compute()
        np.testing.assert_array_equal(np.isnan(computed), np.isnan(array))
        close(computed, array)


def test_networks_can_be_sent_to_workers(case):
    case.model.encode(case.features[:1])
    again = pickle.loads(pickle.dumps(case.model._network))
    np.testing.assert_array_equal(
        again.run("encode", case.features), case.model.encode(case.features)
    )


def test_dask_is_not_imported_for_numpy():
    code = (
        "import sys, numpy as np, reference_network as r\n"
        "from eelscape.model import Model\n"
        "m = Model(r.random_file(r.SMALL['im2spec']))\n"
        "m.predict(np.zeros((2, 6, 6))); m.over(np.zeros((9, 9)))\n"
        "assert not {'dask', 'hyperspy', 'torch'} & set(sys.modules)\n"
    )
    folder = Path(__file__).parent
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(folder.parent)])}
    subprocess.run([sys.executable, "-c", code], check=True, env=variables)


def test_maps_from_the_kernel(case):
    model, n = case.model, case.spec.latent_dims
    assert model.source == "kernel"
    frame = np.ones((NY, NX), dtype=bool)
    frame.flat[case.positions] = False
    predictions, latents = model.predictions(), model.latents()
    assert predictions.shape == (NY, NX, *case.spec.target_shape)
    assert latents.shape == (NY, NX, n)
    for array in (predictions, latents, model.error_map()):
        assert array.dtype == np.float32
        assert np.isnan(array[frame]).all() and np.isfinite(array[~frame]).all()
    close(predictions[~frame], case.predictions)
    close(latents[~frame], case.latents)
    whole = model.over(case.data)
    np.testing.assert_array_equal(whole.predictions, predictions)
    np.testing.assert_array_equal(whole.latents, latents)


def test_error_maps_by_formula(case):
    p, t = (unit(case.model, case.names[1], a) for a in (case.predictions, case.targets))
    trailing = tuple(range(1, p.ndim))
    mse = ((p - t) ** 2).mean(axis=trailing)
    low, high = case.model.scaling[case.names[1]]
    expected = {
        "relative": np.sqrt(mse / ((p + t) ** 2).mean(axis=trailing)),
        "rmse": np.sqrt(mse),
        "mse": mse,
        "mse_raw": mse * (high - low) ** 2,
    }
    labels = case.file.split.flat[case.positions]
    for metric, values in expected.items():
        found = case.model.error_map(metric).ravel()[case.positions]
        np.testing.assert_allclose(found, values, rtol=1e-4)
        means = case.model.errors(metric)
        assert means["train"] == pytest.approx(values[labels == 0].mean(), rel=1e-4)
        assert means["test"] == pytest.approx(values[labels == 2].mean(), rel=1e-4)
        assert means["all"] == pytest.approx(values.mean(), rel=1e-4)
    np.testing.assert_array_equal(case.model.error_map(), case.model.error_map("relative"))
    with pytest.raises(ValueError, match="'relative', 'rmse', 'mse', 'mse_raw'"):
        case.model.error_map("percent")
    case.model.split[case.model.split == 2] = -1
    assert np.isnan(case.model.errors()["test"])


def test_what_the_browser_sent_is_what_is_returned(case):
    evaluation = case.evaluation()
    evaluation.predictions = evaluation.predictions + 1
    evaluation.latents = evaluation.latents * 2
    # In any order.
    order = np.random.default_rng(0).permutation(len(case.positions))
    sent = Evaluation(
        evaluation.positions[order],
        evaluation.latents[order],
        evaluation.predictions[order].reshape(len(order), -1),
        "webgpu",
        "a notice",
    )
    model = Model.from_file(model_file_bytes(case.file), case.data, sent)
    assert (model.source, model.backend, model.notice) == ("browser", "webgpu", "a notice")
    flat = model.predictions().reshape(NY * NX, *case.spec.target_shape)
    np.testing.assert_array_equal(flat[case.positions], evaluation.predictions.astype("f4"))
    flat = model.latents().reshape(NY * NX, -1)
    np.testing.assert_array_equal(flat[case.positions], evaluation.latents.astype("f4"))
    raw = ((evaluation.predictions.astype("f4") - case.targets.astype("f8")) ** 2).reshape(
        len(order), -1
    )
    found = model.error_map("mse_raw").ravel()[case.positions]
    np.testing.assert_allclose(found, raw.mean(axis=1), rtol=1e-6)


def test_evaluations_that_do_not_fit_are_refused(case):
    for changes, message in (
        ({"latents": np.zeros((2, 9))}, "latents have shape"),
        ({"predictions": np.zeros((2, 9))}, "predictions have shape"),
        ({"positions": np.full(len(case.positions), 3)}, "not different indices"),
        ({"positions": case.positions + 10**6}, "not different indices"),
    ):
        evaluation = case.evaluation()
        for name, value in changes.items():
            setattr(evaluation, name, value)
        with pytest.raises(ValueError, match=message):
            Model(case.file, case.data, evaluation)


@pytest.mark.parametrize("kind", ["im2spec", "spec2im"])
def test_masked_windows_have_no_value(kind):
    mask = np.zeros((NY, NX), dtype=bool)
    mask[10, 12] = True
    case = Case(kind, mask)
    half = case.spec.window // 2
    expected = np.ones((NY, NX), dtype=bool)
    expected.flat[case.positions] = False
    assert expected[10 - half + 1 : 10 + half + 1, 12 - half + 1 : 12 + half + 1].all()
    for array in (case.model.error_map(), case.model.over(case.data).latents[..., 0]):
        np.testing.assert_array_equal(np.isnan(array), expected)
    # The mask of the training is kept where the data come without one.
    file = case.file
    file.mask = mask
    file.metadata["data_sha256"] = ""
    model = Model.from_file(model_file_bytes(file), dataset_for(case.spec))
    np.testing.assert_array_equal(np.isnan(model.error_map()), expected)


def test_nan_in_the_data_is_no_neighbour_and_no_range(case):
    if case.spec.kind == "im2spec":
        case.data.image[5, 5] = np.nan
    else:
        case.data.spectra[5, 5, 0] = np.nan
    latents = case.model.latents()
    assert np.isnan(latents[5, 5]).all() and np.isfinite(latents[12, 12]).all()
    assert np.isfinite(case.model.latent_grid(3).nodes).all()
    places = case.model.back_project(np.zeros(case.spec.latent_dims), k=50).positions
    assert [5, 5] not in places.tolist()


def test_the_papers_windows(case):
    case.file.metadata["setup"] = {"windows": "paper"}
    found = np.isfinite(Model(case.file, case.data).error_map())
    assert found.sum() == (NY - case.spec.window) * (NX - case.spec.window)


def test_over_another_scan(case):
    random = np.random.default_rng(5)
    shape = (11, 30) if case.spec.kind == "im2spec" else (11, 30, case.spec.channels)
    data = random.uniform(10, 30, shape)
    whole = case.model.over(data)
    assert whole.predictions.shape == (11, 30, *case.spec.target_shape)
    half = case.spec.window // 2
    assert np.isfinite(whole.latents[half : 11 - half + 1, half : 30 - half + 1]).all()
    assert np.isnan(whole.latents[:half]).all() and np.isnan(whole.latents[:, -half + 1 :]).all()
    if case.spec.kind == "im2spec":
        window = data[5 - half : 5 + half, 9 - half : 9 + half]
    else:
        window = data[5, 9]
    close(case.model.encode(window[np.newaxis])[0], whole.latents[5, 9])
    with pytest.raises(ValueError, match="No window of"):
        case.model.over(data[:3])
    with pytest.raises(ValueError, match="over takes"):
        case.model.over(data[0])
    with pytest.raises(ValueError, match="mask has shape"):
        case.model.over(data, mask=np.zeros((3, 3)))


def test_latent_grid(case):
    grid = case.model.latent_grid(5)
    n = case.spec.latent_dims
    latents = case.model.encode(case.features)
    low, high = latents.min(axis=0), latents.max(axis=0)
    assert grid.nodes.shape == (5, 5, n)
    assert grid.decoded.shape == (5, 5, *case.spec.target_shape)
    np.testing.assert_array_equal(grid.nodes[0, 0, :2], low[:2])
    np.testing.assert_array_equal(grid.nodes[4, 0, :2], [low[0], high[1]])
    np.testing.assert_array_equal(grid.nodes[0, 4, :2], [high[0], low[1]])
    decoded = case.model.decode(grid.nodes.reshape(25, n))
    close(grid.decoded.reshape(decoded.shape), decoded)
    assert case.model.latent_grid().nodes.shape == (16, 16, n)


def test_back_projection(case):
    n, k = case.spec.latent_dims, 4
    points = np.random.default_rng(2).uniform(case.latents.min(0), case.latents.max(0), (6, n))
    found = case.model.back_project(points, k)
    latents = case.model.encode(case.features).astype("f8")
    low, high = case.model.scaling[case.names[0]]
    for row, point in enumerate(points):
        distances = np.sqrt(((latents - point) ** 2).sum(axis=1))
        order = np.lexsort((case.positions, distances))[:k]
        np.testing.assert_allclose(found.distances[row], distances[order], rtol=1e-12)
        flat = found.positions[row] @ [NX, 1]
        np.testing.assert_array_equal(flat, case.positions[order])
        features = case.features[order].astype("f8")
        np.testing.assert_allclose(found.mean[row], features.mean(axis=0), rtol=1e-6)
        away = (features - features.mean(axis=0)).reshape(k, -1) / (high - low)
        spread = np.sqrt((np.linalg.norm(away, axis=1) ** 2).mean())
        assert found.dispersion[row] == pytest.approx(spread)
    assert found.mean.shape == (6, *case.spec.feature_shape)
    assert found.positions.shape == (6, k, 2) and found.distances.dtype == np.float64


def test_back_projection_keeps_the_points_axes(case):
    n = case.spec.latent_dims
    grid = case.model.latent_grid(3)
    found = case.model.back_project(grid.nodes)
    assert found.mean.shape == (3, 3, *case.spec.feature_shape)
    assert found.positions.shape == (3, 3, 3, 2) and found.dispersion.shape == (3, 3)
    one = case.model.back_project(grid.nodes[1, 2])
    assert one.mean.shape == case.spec.feature_shape and one.distances.shape == (3,)
    np.testing.assert_array_equal(one.mean, found.mean[1, 2])
    # An encoding is its own nearest neighbour.
    row, column = 9, 10
    own = case.model.back_project(case.model.latents()[row, column], k=1)
    assert own.positions.tolist() == [[row, column]] and own.distances == [0]
    assert own.dispersion == 0
    with pytest.raises(ValueError, match=rf"\(m, {n}\)"):
        case.model.back_project(np.zeros((2, n + 1)))
    for k in (0, len(case.positions) + 1, 1.5, True):
        with pytest.raises(ValueError, match=f"1 to {len(case.positions)}"):
            case.model.back_project(np.zeros(n), k)
    with pytest.raises(ValueError, match="not finite"):
        case.model.back_project(np.full(n, np.nan))


def test_ties_go_to_the_lowest_row_major_index(case):
    evaluation = case.evaluation()
    evaluation.latents = np.zeros_like(case.latents)
    model = Model(case.file, case.data, evaluation)
    found = model.back_project(np.ones(case.spec.latent_dims), k=5)
    np.testing.assert_array_equal(found.positions @ [NX, 1], case.positions[:5])
