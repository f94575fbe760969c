"""Data of a workspace file are found among a kernel's variables by their sha256."""

import numpy as np
import pytest
from fake_comm import wire  # noqa: F401

from eelscape import finding
from eelscape.explorer import explore


def values(seed):
    random = np.random.default_rng(seed)
    spectra = random.random((20, 26, 18), dtype=np.float32)
    return spectra, random.random((20, 26), dtype=np.float32)


@pytest.fixture
def variables(monkeypatch):
    names = {}
    monkeypatch.setattr(finding, "user_names", lambda: names)
    return names


def test_the_variables_that_hold_the_data_are_opened(wire, variables):  # noqa: F811
    spectra, image = values(1)
    sha256 = explore(spectra, image, axes=None, order="yxE").dataset.sha256
    other, _ = values(2)
    variables.update(
        other=other, text="si", number=3, picture=image * 2, si=spectra, haadf=image, _si=spectra
    )
    assert finding.open_data_of(sha256, (20, 26, 18)) == ["si", "haadf"]
    assert finding.open_data_of("0" * 64, (20, 26, 18)) == []


def test_an_explorer_of_the_data_gets_its_panel_back(wire, variables):  # noqa: F811
    spectra, image = values(3)
    explorer = explore(spectra, image)
    variables["ex"] = explorer
    assert finding.open_data_of(explorer.dataset.sha256, (20, 26, 18)) == ["ex"]


def test_variables_that_cannot_be_a_pair_are_passed_over(wire, variables):  # noqa: F811
    spectra, image = values(4)
    variables.update(a=spectra.astype(complex), b=image.astype(object), c=spectra, d=image)
    sha256 = explore(spectra, image).dataset.sha256
    assert finding.open_data_of(sha256, (20, 26, 18)) == ["c", "d"]
