"""Benchmarks: files of results by machine, tables of the page, PyTorch's side of the networks."""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path

import pytest

from eelscape.architecture import NetworkSpec, parameter_shapes

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def scripts(monkeypatch):
    """Scripts import each other by name."""
    for folder in ("benchmarks", "tools"):
        monkeypatch.syspath_prepend(str(ROOT / folder))


def machine(device: str) -> dict:
    return {"device": device, "cpu": "a", "cores": 2, "date": "2026-11-23"}


def row(engine: str, milliseconds: float, **changes) -> dict:
    return {
        "kind": "im2spec",
        "channels": 512,
        "latents": 2,
        "batch": 64,
        "filters": 64,
        "windows": 2688,
        "engine": engine,
        "ms": milliseconds,
        "ms_min": milliseconds,
        "ms_max": milliseconds,
        "epoch_s": 1.0,
        "first_step_ms": 100,
    } | changes


def test_a_machine_replaces_no_figures_but_its_own(tmp_path):
    results = importlib.import_module("results_file")
    path = tmp_path / "training.json"
    results.merge_results(path, machine("A"), [row("wasm", 1.0), row("wasm", 2.0, batch=32)])
    results.merge_results(path, machine("B"), [row("wasm", 3.0)])
    results.merge_results(path, machine("A"), [row("wasm", 4.0), row("cpu", 5.0)])
    found = {
        entry["machine"]["device"]: sorted((r["engine"], r["ms"]) for r in entry["results"])
        for entry in results.read_machines(path)
    }
    assert found == {"A": [("cpu", 5.0), ("wasm", 2.0), ("wasm", 4.0)], "B": [("wasm", 3.0)]}


def test_a_file_of_one_machine_is_read_and_grows_into_a_list(tmp_path):
    results = importlib.import_module("results_file")
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"machine": machine("A"), "results": [{"figure": "f", "value": 1}]}))
    results.merge_results(path, machine("B"), [{"figure": "f", "value": 2}])
    assert [e["results"][0]["value"] for e in results.read_machines(path)] == [1, 2]


def test_table_of_training_has_ratios_and_no_software_renderer():
    drawing = importlib.import_module("draw_performance")
    text = drawing.training(
        [
            row("wasm-threads", 30.0),
            row("torch-cpu", 20.0),
            row("webgpu", 9999.0, software=True, dispatches=38, submissions=0.5),
        ]
    )
    assert "9999" not in text
    assert text.splitlines()[-1] == "| im2spec, 512, 2, 64 | 30.0 | 20.0 | 1.50 |"


def test_what_a_step_asks_of_the_gpu_is_told_by_a_software_renderer_too():
    drawing = importlib.import_module("draw_performance")
    counted = row("webgpu", 9999.0, software=True, dispatches=38, submissions=0.5, gpu_mb=7)
    assert "| 38 | 0.50 | 7 |" in drawing.commands([counted])


def test_every_table_has_its_place_on_the_page():
    drawing = importlib.import_module("draw_performance")
    page = drawing.PAGE.read_text()
    for name in drawing.TABLES:
        assert page.count(f"<!-- begin: {name} -->") == 1, name
        assert page.count(f"<!-- end: {name} -->") == 1, name


@pytest.mark.parametrize("kind", ["im2spec", "spec2im"])
def test_pytorch_times_the_product_s_networks(kind):
    side = importlib.import_module("network_shapes")
    spec = {"kind": kind, "latentDims": 2, "filters": 8, "window": 16, "channels": 64}
    expected = parameter_shapes(NetworkSpec(kind, 2, 8, 16, 64))
    assert side.shapes_of(spec) == {name: tuple(shape) for name, shape in expected.items()}
