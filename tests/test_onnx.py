"""The ONNX graphs against PyTorch's golden vectors and a forward pass in plain NumPy."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import reference_network as reference
from safetensors.numpy import load_file

from eelscape.architecture import NetworkSpec
from eelscape.model import Model
from eelscape.onnx_graph import build_graph

ROOT = Path(__file__).parents[1]
IDENTITY = {"image": (0.0, 1.0), "spectrum": (0.0, 1.0)}
CASES = ["im2spec_n8", "spec2im_pool16_n8", "im2spec_n64", "spec2im_pool16_n64"]


def golden(case):
    """The vectors of a case from the repository, else from the shared folder beside it."""
    places = [ROOT / "tests/fixtures/golden", ROOT.parent / "shared/golden"]
    for place in places:
        path = place / f"{case}.safetensors"
        if path.exists():
            return load_file(path)
    # The cases with 64 filters take 20 MB and are not in the repository; those with 8 always run.
    pytest.skip(f"{case}.safetensors is neither in tests/fixtures/golden nor in ../shared/golden")


def run(graph, spec, parameters, scaling, values):
    model = build_graph(graph, spec, parameters, scaling)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {session.get_inputs()[0].name: values.astype("f4")})[0]


def gap(a, b):
    return np.max(np.abs(a - b)) / np.max(np.abs(b))


@pytest.mark.parametrize("case", CASES)
def test_golden_vectors(case):
    vectors = golden(case)
    kind = case.partition("_")[0]
    spec = NetworkSpec(kind, 2, int(case.rpartition("_n")[2]), 16, 128)
    parameters = {k[5:]: v for k, v in vectors.items() if k.startswith("init.")}
    x = vectors["x"][:, 0]
    latent = run("encode", spec, parameters, IDENTITY, x)
    out = run("predict", spec, parameters, IDENTITY, x)
    decoded = run("decode", spec, parameters, IDENTITY, vectors["eval.latent"])
    target = vectors.get("f64.eval.out", vectors["eval.out"])[:, 0]
    gaps = (
        gap(latent, vectors.get("f64.eval.latent", vectors["eval.latent"])),
        gap(out, target),
        gap(decoded, target),
    )
    print(f"{case}: latent {gaps[0]:.1e}, predict {gaps[1]:.1e}, decode {gaps[2]:.1e}")
    assert max(gaps) < 1e-5


@pytest.mark.parametrize("kind", ["im2spec", "spec2im"])
@pytest.mark.parametrize("window", [4, 6, 8, 12])
@pytest.mark.parametrize("channels", [16, 37])
def test_matches_numpy_in_data_units(kind, window, channels):
    if kind == "spec2im" and window % 4:
        with pytest.raises(ValueError, match="multiple of 4"):
            NetworkSpec(kind, 3, 3, window, channels)
        return
    spec = NetworkSpec(kind, 3, 3, window, channels)
    parameters = reference.random_parameters(spec, window + channels)
    scaling = {"image": (10.0, 35.0), "spectrum": (-2.0, 6.0)}
    names = ("image", "spectrum") if kind == "im2spec" else ("spectrum", "image")
    (low, high), (out_low, out_high) = (scaling[name] for name in names)
    unit = np.random.default_rng(1).random((5, *spec.feature_shape))
    features = (unit * (high - low) + low).astype("f4")
    unit = (features.astype("f8") - low) / (high - low)
    latents = reference.encode(spec, parameters, unit)
    targets = reference.decode(spec, parameters, latents) * (out_high - out_low) + out_low
    assert gap(run("encode", spec, parameters, scaling, features), latents) < 1e-5
    assert gap(run("decode", spec, parameters, scaling, latents), targets) < 1e-5
    predicted = run("predict", spec, parameters, scaling, features)
    assert predicted.shape == (5, *spec.target_shape)
    assert gap(predicted, targets) < 1e-5


def test_constant_data_come_back_as_they_were():
    spec = reference.SMALL["im2spec"]
    parameters = reference.random_parameters(spec)
    parameters["out.weight"][:] = 0
    parameters["out.bias"][:] = 0
    scaling = {"image": (3.0, 3.0), "spectrum": (7.0, 7.0)}
    out = run("predict", spec, parameters, scaling, np.full((2, 6, 6), 3.0))
    assert np.all(out == 7.0)


@pytest.mark.parametrize("kind", ["im2spec", "spec2im"])
def test_to_onnx_writes_three_files(kind, tmp_path):
    spec = reference.SMALL[kind]
    model = Model(reference.random_file(spec))
    paths = model.to_onnx(tmp_path / "net.onnx")
    assert [p.name for p in paths] == ["net.onnx", "net.encode.onnx", "net.decode.onnx"]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in paths)
    x = np.random.default_rng(0).random((3, *spec.feature_shape), dtype="f4")
    values = {"predict": x, "encode": x, "decode": model.encode(x)}
    for name, path in paths._asdict().items():
        onnx.checker.check_model(str(path), full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        (entry,) = session.get_inputs()
        out = session.run(None, {entry.name: values[name]})[0]
        np.testing.assert_array_equal(out, getattr(model, name)(values[name]))
        assert entry.shape[0] == "batch"
        assert session.get_modelmeta().custom_metadata_map["kind"] == kind
