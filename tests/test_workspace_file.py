"""Workspace files: what the panel writes Python reads, and the other way round."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from fake_comm import wire  # noqa: F401
from safetensors.numpy import load, save

import eelscape
from eelscape.axes import Axis
from eelscape.dataset import Dataset
from eelscape.explorer import explore
from eelscape.workspace_file import WorkspaceFileError, read_workspace_file

FIXTURES = Path(__file__).parent / "fixtures" / "workspace"
#: Written by the panel's code: src/model/__tests__/workspace-file.spec.ts.
FROM_PANEL = FIXTURES / "version-1.eelscape"
#: Written by `Explorer.save_workspace`; the panel's tests read it.
FROM_PYTHON = FIXTURES / "python-1.eelscape"


def panel_data(mask=None):
    """The data of the panel's file: (12, 14) pixels, 20 channels."""
    i, j = np.mgrid[0:12, 0:14]
    image = 100 + 50 * np.sin(i / 2) * np.cos(j / 3)
    peak = np.exp(-((np.arange(20) - 8.0) ** 2) / 20)
    image32 = image.astype(np.float32)
    spectra = (5 + image32.astype(np.float64) / 50)[..., None] * peak
    return Dataset(
        spectra=spectra,
        image=image,
        y=Axis("y", "nm", 12, 0.5, 1),
        x=Axis("x", "nm", 14, 0.5, 1),
        energy=Axis("Energy loss", "eV", 20, 0.5, 1),
        mask=mask,
        sha256="a" * 64,
    )


def test_a_file_of_the_panel_is_read_without_browser_or_data():
    found = eelscape.open_workspace(FROM_PANEL)
    data = panel_data()
    np.testing.assert_allclose(found.haadf, data.image, rtol=1e-6)
    assert found.spectra is None and found.dataset is None
    assert (found.y, found.x, found.energy) == (data.y, data.x, data.energy)
    assert found.mask.sum() == 1 and found.mask[0, 3]
    assert found.title == "discs <b>bold</b>" and found.sha256 == "a" * 64
    assert found.energy_range == (3.0, 5.5)
    expected = data.spectra[..., 4:10].mean(axis=-1)
    kept = ~found.mask
    np.testing.assert_allclose(found.energy_map[kept], expected[kept], rtol=1e-5)
    assert np.isnan(found.energy_map[0, 3])
    np.testing.assert_allclose(found.mean, data.spectra[kept].mean(axis=0), rtol=1e-5)
    assert [(m.kind, m.epoch) for m in found.models] == [("im2spec", 2), ("spec2im", 2)]
    assert [e.label for e in found.entries] == ["2L", "2L"]
    assert found.regions["R1"][2:7, 2].tolist() == [False, True, True, True, True]
    assert [(pin["row"], pin["column"]) for pin in found.state.pins] == [(6, 7)]
    assert found.state.pointer == (5, 6) and found.state.metric == "rmse"
    assert found.abundances.shape == (2, 12, 14) and found.endmembers.shape == (2, 20)
    assert found.recipe == {"format": 1, "preprocessing": []}
    assert "without spectra; im2spec 2L, spec2im 2L" in repr(found)


@pytest.mark.parametrize("i", [0, 1])
def test_models_of_the_panel_say_in_python_what_they_said_there(i):
    found = eelscape.open_workspace(FROM_PANEL)
    entry = found.entries[i]
    model = entry.model
    assert len(model.history["train"]) == len(model.history["test"]) == 2
    model.attach(panel_data(found.mask))
    fits = np.isfinite(entry.latents[..., 0])
    for metric, stored in entry.error_maps.items():
        assert np.array_equal(np.isfinite(stored), fits)
        np.testing.assert_allclose(stored, model.error_map(metric), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(entry.latents, model.latents(), rtol=1e-3, atol=1e-4)


def explored(wire):  # noqa: F811
    values = np.random.default_rng(5)
    haadf = values.random((16, 18), dtype=np.float32)
    si = values.random((16, 18, 16), dtype=np.float32)
    axes = [{"name": "y"}, {"name": "x"}, {"name": "energy", "units": "eV", "scale": 0.1}]
    mask = np.zeros((16, 18), bool)
    mask[0, 1] = True
    explorer = explore(si, haadf, axes=axes, mask=mask, name="si", title="noise")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    for kind in ("im2spec", "spec2im"):
        explorer.train(kind, filters=2, epochs=2, window=4, guard=1)
    return explorer


def test_what_an_explorer_saves_is_what_is_read(wire, tmp_path):  # noqa: F811
    explorer = explored(wire)
    path = explorer.save_workspace(tmp_path / "all.eelscape", spectra=True)
    if os.environ.get("EELSCAPE_WRITE_FIXTURES"):
        FROM_PYTHON.write_bytes(path.read_bytes())
    found = eelscape.open_workspace(path)
    data = explorer.dataset
    np.testing.assert_array_equal(found.spectra, data.spectra)
    np.testing.assert_array_equal(found.haadf, data.image)
    np.testing.assert_array_equal(found.mask, data.mask)
    assert found.sha256 == data.sha256 == found.dataset.compute_sha256()
    for entry, model in zip(found.entries, explorer.models, strict=True):
        assert entry.model.history == model.history
        for name, values in model.parameters.items():
            np.testing.assert_array_equal(entry.model.parameters[name], values)
        for metric, stored in entry.error_maps.items():
            np.testing.assert_array_equal(stored, model.error_map(metric))
        np.testing.assert_array_equal(entry.latents, model.latents())
        assert entry.model.dataset is not None
    assert found.recipe["data"]["sha256"] == data.sha256
    without = explorer.save_workspace(tmp_path / "few.eelscape")
    assert eelscape.open_workspace(without).spectra is None
    assert path.stat().st_size - without.stat().st_size >= data.spectra.nbytes


def test_a_workspace_that_cannot_be_saved_leaves_what_was_there(wire, tmp_path):  # noqa: F811
    """[F7] A folder that is gone: the reason, and the models stay."""
    explorer = explored(wire)
    with pytest.raises(OSError, match="Could not save: "):
        explorer.save_workspace(tmp_path / "gone" / "all.eelscape")
    assert len(explorer.models) == 2


def changed(document=None, tensors=None, metadata=None):
    """The panel's file with other contents, its checksums made anew."""
    parts = load(FROM_PANEL.read_bytes())
    text = json.loads(parts.pop("workspace").tobytes())
    text.update(document or {})
    parts["workspace"] = np.frombuffer(json.dumps(text).encode(), np.uint8)
    for name, value in (tensors or {}).items():
        if value is None:
            del parts[name]
        else:
            parts[name] = value
    hashes = {
        name: hashlib.sha256(np.ascontiguousarray(v).tobytes()).hexdigest()
        for name, v in parts.items()
    }
    words = {"format": "eelscape-workspace", "version": "1", "tensor_sha256": json.dumps(hashes)}
    return save(parts, metadata={**words, **(metadata or {})})


def test_the_unchanged_file_can_be_read():
    assert len(read_workspace_file(changed()).document["models"]) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metadata": {"version": "2"}}, "has version 2; .* up to version 1"),
        ({"metadata": {"version": "1e3"}}, "its version is no number"),
        ({"metadata": {"format": "other"}}, "This is no workspace file"),
        ({"metadata": {"format": "x", "eelscape": "{}"}}, "model file, .* eelscape.load"),
        ({"metadata": {"tensor_sha256": "{}"}}, "do not match their checksum"),
        ({"tensors": {"data.image": None}}, "data.image is missing"),
        ({"tensors": {"data.image": np.zeros((12, 13), "f4")}}, "data.image holds 156 of 168"),
        ({"tensors": {"data.image": np.zeros((12, 14), "f8")}}, "data.image has the type 'F64'"),
        ({"tensors": {"models.0.latents": np.zeros((3, 2), "f4")}}, "holds 3 encodings of"),
        ({"tensors": {"models.1.split": np.full((12, 14), 7, "i1")}}, "labels other than"),
        ({"document": {"energy_range": [0, 20]}}, "energy range is not within"),
        ({"document": {"models": {}}}, "list of models is not complete"),
        ({"document": {"recipe": []}}, "its recipe is no object"),
        ({"document": {"data": None}}, "does not describe the data"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_reason(change, message):
    """[F1] [F2] Damaged and newer files."""
    with pytest.raises(WorkspaceFileError, match=message):
        read_workspace_file(changed(**change))


def test_sizes_are_compared_with_the_file_before_anything_is_allocated():
    """[F3] A scan of 10^14 pixels is declared."""
    text = json.loads(load(FROM_PANEL.read_bytes())["workspace"].tobytes())
    data = text["data"]
    data["y"] = {**data["y"], "size": 10**7}
    data["x"] = {**data["x"], "size": 10**7}
    with pytest.raises(WorkspaceFileError, match="too many pixels"):
        read_workspace_file(changed({"data": data}))
    data["x"] = {**data["x"], "size": 20}
    with pytest.raises(WorkspaceFileError, match=r"data\.image holds 168 of 200000000"):
        read_workspace_file(changed({"data": data}))


def test_every_byte_counts():
    """[F1] A bit that flips anywhere behind the header is found."""
    whole = FROM_PANEL.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    places = np.random.default_rng(0).integers(start, len(whole), 40)
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        with pytest.raises(WorkspaceFileError, match="checksum"):
            read_workspace_file(bytes(damaged))
    refused = 0
    for place in range(0, start, 5):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 7)
        try:
            read_workspace_file(bytes(damaged))
        except WorkspaceFileError:
            # Whatever the header says: never an error of the code.
            refused += 1
    assert refused > 100
    for length in (0, 7, 100, start, len(whole) - 1):
        with pytest.raises(WorkspaceFileError):
            read_workspace_file(whole[:length])
