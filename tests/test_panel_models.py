"""Models that the kernel gives back to a page that was loaded anew."""

import numpy as np
from fake_comm import until, wire  # noqa: F401

from eelscape.explorer import explore
from eelscape.model_file import read_model_file


def opened(wire):  # noqa: F811
    values = np.random.default_rng(2)
    si = values.random((30, 40, 20), dtype=np.float32)
    axes = [{"name": "y"}, {"name": "x"}, {"name": "energy", "units": "eV", "scale": 0.1}]
    explorer = explore(si, values.random((30, 40), dtype=np.float32), axes=axes, name="si")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return explorer, front


def test_models_of_the_present_data_come_back_in_the_order_of_training(wire):  # noqa: F811
    explorer, front = opened(wire)
    assert front.run_task("models") == ({"models": 0}, {})
    first = explorer.train("im2spec", filters=2, epochs=2)
    second = explorer.train("spec2im", filters=2, epochs=2, seed=3)
    fields, files = front.run_task("models")
    assert fields == {"models": 2}
    for i, model in enumerate((first, second)):
        found = read_model_file(files[f"model-{i}"].tobytes())
        assert found.spec.kind == model.kind
        for name, values in model.parameters.items():
            np.testing.assert_array_equal(found.parameters[name], values)


def test_models_of_other_data_stay_where_they_are(wire):  # noqa: F811
    explorer, front = opened(wire)
    explorer.train("im2spec", filters=2, epochs=2)
    explorer.preprocess({"step": "crop_energy", "start": 0.5, "stop": 1.5})
    until(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    assert len(explorer.models) == 1
    assert front.run_task("models") == ({"models": 0}, {})
