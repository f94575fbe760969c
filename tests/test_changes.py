"""[K4] Variables that change in Python after they were opened."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from IPython.core.events import EventManager, available_events

from eelscape import changes, lines, notebook
from eelscape.explorer import explore

PREPARE = """
import numpy as np
import eelscape
values = np.random.default_rng(3)
s = values.random((30, 40, 64), dtype=np.float32)
haadf = values.random((30, 40), dtype=np.float32)
"""


class Shell(SimpleNamespace):
    """What a cell meets of IPython: the user's names, and the events after it."""

    def __init__(self) -> None:
        super().__init__(user_ns={})
        self.events = EventManager(self, available_events)

    def run(self, code: str) -> None:
        """Run a cell."""
        exec(code, self.user_ns)
        self.events.trigger("post_run_cell", None)

    def __getitem__(self, name: str):
        return self.user_ns[name]


@pytest.fixture
def shell(monkeypatch, wire):  # noqa: F811
    """A notebook whose variables `s` and `haadf` hold a pair."""
    shell = Shell()
    monkeypatch.setattr(notebook, "shell", lambda: shell)
    shell.run(PREPARE)
    yield shell
    lines._cells.end()


@pytest.fixture
def panel(shell, wire):  # noqa: F811
    """The panel of `ex`, an explorer of the pair."""
    shell.run("ex = eelscape.explore(s, haadf)")
    front = wire.panel(shell["ex"].id)
    assert front.pair_complete.wait(20)
    return front


def asked(front) -> list[str]:
    """The names that the panel would show when it asks after a cell."""
    return front.run_task("source-changes")[0]["names"]


def told(front) -> int:
    """How often the panel was told that something changed."""
    return sum(r["type"] == "changed" and r["what"] == "source" for r in front.requests)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("s[4, 5] *= 2", ["s"]),
        ("s[..., 63] = 0", ["s"]),
        ("haadf[0, 0] = 9", ["haadf"]),
        ("s = s + 1", ["s"]),
        ("s = s[:, :, :32]", ["s"]),
        ("s = 'something else'", ["s"]),
        ("s *= 2; haadf *= 2", ["s", "haadf"]),
    ],
)
def test_a_change_is_asked_about_after_its_cell(shell, panel, cell, names):
    """[K4] The panel is told once which variables changed."""
    shell.run(cell)
    until(lambda: told(panel) == 1)
    assert asked(panel) == names
    shell.run("1 + 1")
    assert asked(panel) == names
    assert told(panel) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "s.mean(), s[::2], s.T, s.copy()",
        "view = s.reshape(-1); view.sum()",
        "other = s",
        "s.flags.writeable = False",
        "s = s.copy()",
        "del s",
        "s[0, 0] += 1; s[0, 0] -= 0; s[0, 0] = s[0, 0]; s[0, 0] -= 1",
        "ex.preprocess({'step': 'crop_energy', 'start': 8, 'stop': 50})",
        "ex.nmf(components=2)",
        "ex._repr_html_(); ex.recipe(); ex.dataset.spectra.sum()",
    ],
)
def test_nothing_is_asked_where_no_value_changed(shell, panel, cell):
    """[K4] Looking at the data, equal values and eelscape's own work are no change."""
    # Whole numbers, so that adding and taking away gives the same again.
    shell.run("s[:] = np.round(s * 100); haadf[:] = np.round(haadf * 100)")
    panel.run_task("source-keep")
    before = told(panel)
    shell.run(cell)
    assert asked(panel) == []
    assert told(panel) == before


def test_a_variable_of_two_names_may_lose_one(shell, wire):  # noqa: F811
    """[K4] A name that the data had beside another goes on to something else."""
    shell.run("loaded = s; ex = eelscape.explore(loaded, haadf)")
    front = wire.panel(shell["ex"].id)
    shell.run("loaded = 0")
    assert front.pair_complete.wait(20)
    assert asked(front) == []
    shell.run("s[:] = 0")
    assert asked(front) == ["s"]


def test_keep_is_not_asked_again_until_the_next_change(shell, panel):
    """[K4] What is kept stays as it was opened, and counts as unchanged."""
    kept = shell["s"].copy()
    shell.run("s *= 2")
    assert panel.run_task("source-keep")[0]["names"] == []
    shell.run("1 + 1")
    assert asked(panel) == []
    assert not shell["ex"].changed()
    assert (shell["ex"].dataset.spectra == kept).all()
    # Steps begin at what was opened, not at what the variable holds now.
    shell["ex"].preprocess({"step": "crop_energy", "start": 8, "stop": 50})
    assert (shell["ex"].dataset.spectra == kept[..., 8:50]).all()
    shell.run("s += 1")
    assert asked(panel) == ["s"]


def test_reload_brings_the_new_values_with_the_same_steps(shell, panel):
    """[K4] Reload transfers anew; models of the old data stay with theirs."""
    model = shell["ex"].train("im2spec", filters=2, epochs=2)
    shell["ex"].preprocess({"step": "crop_energy", "start": 8, "stop": 50})
    old, image = shell["ex"].dataset, shell["haadf"].copy()
    shell.run("s = 3 * s\nhaadf = haadf + 1")
    assert asked(panel) == ["s", "haadf"]
    panel.run_task("source-reload")
    until(lambda: panel.pair_complete.is_set() and panel.arrays["image"].min() >= 1)
    assert (panel.arrays["spectra"] == shell["s"][..., 8:50]).all()
    assert (shell["ex"].dataset.image == shell["haadf"]).all()
    assert (old.image == image).all()
    assert asked(panel) == []
    assert [step["step"] for step in shell["ex"].recipe()["preprocessing"]] == ["crop_energy"]
    assert shell["ex"].models == [model]
    # Undoing the step gives the new values, not those before the change.
    shell["ex"].undo()
    assert (shell["ex"].dataset.spectra == shell["s"]).all()
    assert not shell["ex"].changed()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("s = s[:10, :10]", "The image is 30x40, the scan 10x10"),
        ("s = 'a text'", "The spectrum image is a str"),
        ("s = s * 2; del haadf", "`haadf` is no longer in Python. Run the cell that defines it"),
        ("s = s[..., :0]", "of shape (30, 40, 0) is empty"),
    ],
)
def test_what_cannot_be_opened_leaves_the_data_as_they_were(shell, panel, cell, message):
    """[K4] A Reload that fails says why; what is open stays."""
    before = shell["ex"].dataset
    shell.run(cell)
    task = panel.begin("source-reload")
    state = panel.ended(task)
    assert state["state"] == "failed"
    assert message in state["message"]
    assert shell["ex"].dataset is before
    assert asked(panel) == ["s"]


def test_nothing_is_read_while_a_network_trains(shell, panel):
    """[K4] Data of a run that is under way stay."""
    panel.trains = False
    shell.run("run = ex.train('im2spec', filters=2, epochs=2, wait=False)\ns *= 2")
    state = panel.ended(panel.begin("source-reload"))
    assert state["state"] == "failed"
    assert "wait for it, or stop it" in state["message"]
    assert asked(panel) == ["s"]


def test_values_that_change_while_they_are_read_are_refused(shell, panel, monkeypatch):
    """[K4] Never a torn array: what a cell changes during the reading is not shown."""
    from eelscape import session

    opened = session.opened
    before = shell["ex"].dataset

    def and_changed(*arguments):
        state = opened(*arguments)
        shell["s"][7, 7, 7] += 1
        return state

    shell.run("s *= 2")
    monkeypatch.setattr(session, "opened", and_changed)
    state = panel.ended(panel.begin("source-reload"))
    assert state["state"] == "failed"
    assert "A cell changes `s` just now: wait for its end, then Reload." in state["message"]
    assert shell["ex"].dataset is before


def test_all_values_are_compared_on_demand(shell, panel):
    """[K4] One value that the sample passes over is found by `changed`, and asked about."""
    shell.run("s = np.random.default_rng(0).random((60, 70, 200), dtype=np.float32)")
    shell.run("haadf = np.ones((60, 70), np.float32); haadf[0] = 0")
    shell.run("ex = eelscape.explore(s, haadf)")
    explorer, values = shell["ex"], shell["s"].reshape(-1)
    assert not explorer.changed()
    watched = changes.Watched(shell["s"])
    # The first value beyond the first that the sample leaves out.
    values[1] += 1
    assert not watched.changed()
    assert explorer.changed()
    assert explorer._session.sources.names == ("s",)


def test_no_change_of_a_channel_row_or_column_is_missed():
    """[K4] Every spectrum, channel, row and column is in the sample."""
    for shape in [(62, 75, 640), (128, 128, 1024), (64, 256, 2048)]:
        array = np.zeros(shape, np.uint8)
        watched = changes.Watched(array)
        for where in [np.s_[shape[0] - 1], np.s_[:, 17], np.s_[..., 100], np.s_[30:40, 30:40]]:
            array[where] = 1
            assert watched.changed(), (shape, where)
            array[where] = 0
            assert not watched.changed()


@pytest.mark.parametrize("make", [np.asfortranarray, lambda a: a[::-1, :, ::2], lambda a: a.T])
def test_every_layout_is_watched(make):
    """[K4] Views, other orders and byte orders are read as they are."""
    array = make(np.random.default_rng(0).random((40, 50, 60)).astype(">f4"))
    watched = changes.Watched(array)
    assert not watched.changed(whole=True)
    array[3, 4, 5] += 1
    assert watched.changed(whole=True)


def test_signals_are_watched_by_their_values_and_calibration(shell):
    """[K4] HyperSpy's `data`, a lazy one by its graph, and the scale of an axis."""
    hs = pytest.importorskip("hyperspy.api", reason="HyperSpy is optional")
    shell.user_ns["s"] = signal = hs.signals.Signal1D(np.ones((20, 30, 40), np.float32))
    watched = changes.Watched(signal)
    assert not watched.changed()
    signal.data[3, 4, 5] = 2
    assert watched.changed()
    watched.keep(signal)
    signal.data = signal.data + 1
    assert watched.changed()
    watched.keep(signal)
    signal.axes_manager[-1].scale = 0.5
    assert watched.changed()
    lazy = signal.as_lazy()
    watched = changes.Watched(lazy)
    assert not watched.changed(whole=True)
    lazy.data = lazy.data * 2
    assert watched.changed()


def test_nothing_holds_what_the_user_has_replaced(shell, panel):
    """[K4] The array that was opened goes when the user lets go of it."""
    opened = weakref.ref(shell["s"])
    shell.run("s = np.ones((30, 40, 64), np.float32)")
    gc.collect()
    assert opened() is None
    assert asked(panel) == ["s"]


def test_cells_are_followed_only_while_something_is_open(shell, wire):  # noqa: F811
    """[K4] One callback for all explorers, none without."""
    after = shell.events.callbacks["post_run_cell"]
    assert len(after) == 0
    shell.run("first = eelscape.explore(s, haadf)\nsecond = eelscape.explore(s, haadf)")
    assert len(after) == 1
    shell.run("first.close()")
    assert len(after) == 1
    shell.run("second.close()")
    assert len(after) == 0


def test_a_sample_of_a_large_array_reads_a_share_of_it(monkeypatch):
    """[K4] What is looked at after each cell does not grow with the data."""
    read = []
    kept = changes._sample

    def counted(array):
        out = kept(array)
        read.append(len(out))
        return out

    monkeypatch.setattr(changes, "_sample", counted)
    # Pages of zeros that nothing has written take no memory.
    array = np.zeros((512, 512, 1024), np.float32)
    monkeypatch.setattr(changes, "_digest", lambda parts: b"")
    changes.Watched(array).changed()
    assert len(read) == 2
    assert max(read) <= 4 * changes.SAMPLE


def test_explorers_of_other_lines_hear_nothing(shell, panel, wire):  # noqa: F811
    """[K4] Only the panel of the variable is told."""
    shell.run("t, picture = s.copy(), haadf.copy()\nother = eelscape.explore(t, picture)")
    front = wire.panel(shell["other"].id)
    assert front.pair_complete.wait(20)
    shell.run("t += 1")
    assert asked(front) == ["t"]
    assert asked(panel) == []
    assert told(panel) == 0


def test_a_script_has_no_cells_but_can_ask(wire):  # noqa: F811
    """[K4] Without a notebook nothing is told by itself; `changed` compares."""
    si = np.random.default_rng(0).random((20, 30, 40), dtype=np.float32)
    explorer = explore(si, si.mean(axis=2))
    assert not explorer.changed()
    si[0] = 0
    assert explorer.changed()
