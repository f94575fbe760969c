"""Text as text: hostile strings in titles, units, names and metadata, in the kernel."""

import io
import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import reference_network as reference
from fake_comm import wire  # noqa: F401
from front_end import STATE
from hostile import STRINGS, Page, check_sendable

import eelscape
from eelscape.adapters import to_spectrum_image
from eelscape.axes import Axis
from eelscape.explorer import explore
from eelscape.model import Model
from eelscape.model_file import model_file_bytes, read_model_file
from eelscape.notebook import variable_name
from eelscape.panel_state import PanelState
from eelscape.protocol import read_message
from eelscape.recipe import read_recipe
from eelscape.regions import regions_of
from eelscape.signal import Signal
from eelscape.text import clean_text, install_line

pytestmark = pytest.mark.filterwarnings("ignore:Glyph")
EACH = pytest.mark.parametrize("evil", STRINGS.values(), ids=STRINGS.keys())
SPECTRA = np.random.default_rng(3).random((18, 20, 16), dtype=np.float32)
IMAGE = np.random.default_rng(4).random((18, 20), dtype=np.float32)


def signals(evil):
    axes = [{"name": evil, "units": evil, "scale": 0.5} for _ in range(3)]
    return Signal(SPECTRA, axes, evil, evil), Signal(IMAGE, axes[:2], evil, evil)


def shown(html, *texts):
    """The HTML holds the texts as text, and nothing that came of them but text."""
    page = Page(html)
    page.check()
    html.encode("utf-8")
    for text in texts:
        assert text in page.text


@EACH
def test_f4_what_stays_in_the_cell(evil, wire):  # noqa: F811
    """[F4] Title, axis names and units in picture, table and repr of an explorer and a signal."""
    si, image = signals(evil)
    plain = clean_text(evil)
    shown(si._repr_html_(), plain)
    check_sendable(repr(si))
    explorer = explore(si, image, order="yxE", name=evil or None)
    shown(explorer._repr_html_(), plain)
    check_sendable(repr(explorer))
    assert explorer.dataset.title == plain
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    assert front.welcome["pair"]["title"] == plain
    json.dumps(front.welcome, ensure_ascii=False).encode("utf-8")
    explorer.close()


@EACH
def test_f4_names_of_regions_and_pins(evil):
    """[F4] As the panel sends them: into the state, the picture and what goes back."""
    name = evil[:200]
    region = {"name": name, "kind": "rectangle", "points": [[0, 0], [5, 5]]}
    pin = {"letter": name[:10], "name": name, "row": 1, "column": 2}
    message = {"type": "state", "state": {**STATE, "regions": [region], "pins": [pin]}}
    state = PanelState.of(read_message(message)["state"])
    json.dumps(state.to_message(), ensure_ascii=False).encode("utf-8")
    data = to_spectrum_image(SPECTRA, IMAGE, order="yxE").to_dataset()
    (found,) = regions_of(state.regions, data).values()
    assert found.name == clean_text(name)
    shown(found._repr_html_(), clean_text(name))
    check_sendable(repr(found.spectrum))


@EACH
def test_f4_metadata_of_a_model(evil):
    """[F4] Title, units, notice, axis names and recipe survive the file and are shown as text."""
    file = reference.random_file(reference.SMALL["im2spec"])
    kept = evil[:5000]
    for name in ("title", "notice", "spectra_units", "image_units", "backend"):
        file.metadata[name] = kept
    file.metadata["recipe"] = {kept: [kept]}
    file.metadata["versions"] = {kept: kept}
    file.metadata["split"] = {"kind": kept}
    file.y = Axis(kept, kept, file.y.size)
    read = read_model_file(model_file_bytes(file))
    plain = clean_text(kept)
    assert read.metadata["title"] == read.metadata["notice"] == read.y.name == plain
    model = Model(read)
    shown(model._repr_html_(), plain)
    check_sendable(repr(model))
    assert vars(model).get("__proto__") is None


@EACH
def test_f4_keys_of_a_file_are_no_attributes(evil, tmp_path):
    """[F4] Keys of an npz become titles."""
    key = evil.replace("\0", "") or "empty"
    if len(key) > 1000 or any("\ud800" <= c <= "\udfff" for c in key):
        key = key.encode("utf-8", "replace").decode()[:1000]
    file = io.BytesIO()
    np.savez(file, **{key.replace("/", "_"): SPECTRA, "b": IMAGE})
    (tmp_path / "a.npz").write_bytes(file.getvalue())
    for signal in eelscape.open(tmp_path / "a.npz"):
        shown(signal._repr_html_())
        check_sendable(repr(signal))


@EACH
def test_f4_a_recipe(evil):
    """[F4] Versions and titles of a recipe stand in warnings and in lines to be run."""
    line = install_line(evil)
    assert line == "pip install --upgrade eelscape"
    with pytest.raises(ValueError) as caught:
        read_recipe({"format": 99, "eelscape": evil})
    assert str(caught.value).endswith("Run `pip install --upgrade eelscape`.")
    check_sendable(str(caught.value))


def test_f4_versions_that_are_versions_are_named():
    """[F4] Where a file says which version wrote it, the line installs that one."""
    for version in ("0.1.0", "1.0rc1", "2.0.0+cpu", "1!2.0"):
        assert install_line(version) == f"pip install eelscape=={version}"


@EACH
def test_f6_a_name_is_a_key(evil, monkeypatch, wire):  # noqa: F811
    """[F6] The variable's name is looked up in the namespace by identity, never executed."""
    ran = []
    si, image = signals("title")
    namespace = {evil: si, "touch": lambda *a: ran.append(a), "os": None}
    events = SimpleNamespace(register=lambda *a: None, unregister=lambda *a: None)
    shell = SimpleNamespace(user_ns=namespace, kernel=None, events=events)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    # Private names are not the user's.
    wanted = None if evil.startswith("_") else evil
    assert variable_name(si) == wanted
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        explorer = explore(si, image, order="yxE")
    assert explorer.dataset.name == clean_text(wanted or "title")
    assert not ran and namespace["os"] is None
    shown(explorer._repr_html_(), clean_text(wanted or "title"))
    explorer.close()
