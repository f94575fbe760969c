"""A real kernel, a front end that speaks the protocol: cells wait while a subshell serves."""

from __future__ import annotations

import queue
import threading
import time
import uuid

import pytest
from front_end import FrontEnd, trained_model
from jupyter_client.manager import start_new_kernel

SETUP = """
import numpy as np, eelscape
rng = np.random.default_rng(3)
si = rng.poisson(50, (40, 60, 300)).astype(np.uint16)
haadf = rng.random((40, 60))
"""


class Page:
    """A browser tab on a real kernel: one front end per control comm that it sees."""

    def __init__(self, client, subshell: bool = True, **options) -> None:
        self.client = client
        self.options = options
        self.fronts: dict[str, FrontEnd] = {}
        self.data_comms: dict[str, FrontEnd] = {}
        self.outputs: dict[str, list] = {}
        self.idle: set[str] = set()
        self.replies: dict[str, dict] = {}
        self.subshell_id = self._create_subshell() if subshell else None
        self._open = True
        # ZeroMQ's sockets belong to one thread: this one reads and sends.
        self._outbox: queue.SimpleQueue = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        self._thread.join()

    def _create_subshell(self) -> str:
        message = self.client.session.msg("create_subshell_request")
        self.client.control_channel.send(message)
        return self.client.get_control_msg(timeout=30)["content"]["subshell_id"]

    def _send(self, kind: str, content: dict, buffers=(), metadata=None) -> str:
        message = self.client.session.msg(kind, content, metadata=metadata)
        message["header"]["subshell_id"] = None if kind == "execute_request" else self.subshell_id
        self._outbox.put((message, list(buffers)))
        return message["header"]["msg_id"]

    def _work(self) -> None:
        shell, iopub = self.client.shell_channel, self.client.iopub_channel
        while self._open:
            while not self._outbox.empty():
                message, buffers = self._outbox.get()
                self.client.session.send(shell.socket, message, buffers=buffers)
            for channel in (shell, iopub):
                while channel.socket.poll(5):
                    self._handle(channel.get_msg(timeout=1))

    def _handle(self, message: dict) -> None:
        kind, content = message["msg_type"], message["content"]
        parent = message["parent_header"].get("msg_id", "")
        if kind == "status" and content["execution_state"] == "idle":
            self.idle.add(parent)
        elif kind == "execute_reply":
            self.replies[parent] = content
        elif kind in ("stream", "display_data", "update_display_data", "execute_result"):
            self.outputs.setdefault(parent, []).append(content)
        elif kind == "comm_open" and content["comm_id"].startswith("eelscape-control-"):
            self.adopt(content["data"]["id"])
        elif kind == "comm_msg":
            self._comm(content, message.get("buffers", []))

    def adopt(self, line: str) -> FrontEnd:
        comm = uuid.uuid4().hex

        def send(data, buffers):
            self._send("comm_msg", {"comm_id": comm, "data": data}, buffers)

        front = FrontEnd(send, **self.options)
        self.fronts[line] = self.data_comms[comm] = front
        data = {"role": "data", "id": line, "hello": front.hello()}
        self._send("comm_open", {"comm_id": comm, "target_name": "eelscape", "data": data})
        return front

    def _comm(self, content: dict, buffers: list) -> None:
        comm, data = content["comm_id"], content["data"]
        if comm in self.data_comms:
            self.data_comms[comm].on_data(data, buffers)
        # A request to the panel of an earlier page may still be repeated.
        elif front := self.fronts.get(comm.removeprefix("eelscape-control-")):
            front.on_control(data)

    def start(self, code: str, cell: str | None = None) -> str:
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        return self._send("execute_request", content, metadata={"cellId": cell} if cell else {})

    def run_cell(self, cell: str, code: str) -> str:
        """Run code as the cell with an id, as JupyterLab does; returns the execution."""
        execution = self.start(code, cell)
        assert self.finish(execution)["status"] == "ok"
        return execution

    def finish(self, execution: str, seconds: float = 60) -> dict:
        end = time.monotonic() + seconds
        while execution not in self.replies or execution not in self.idle:
            assert time.monotonic() < end, f"the cell is still running: {self.outputs}"
            time.sleep(0.01)
        return self.replies[execution]

    def run(self, code: str) -> str:
        """Run a cell and return its text; fails where the cell does."""
        execution = self.start(code)
        reply = self.finish(execution)
        assert reply["status"] == "ok", "\n".join(reply["traceback"])
        return self.text(execution)

    def text(self, execution: str) -> str:
        return "".join(
            c.get("text", "") or c.get("data", {}).get("text/plain", "")
            for c in self.outputs.get(execution, [])
        )


def wait_for(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def started():
    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(started):
    return started[1]


@pytest.fixture
def kernel_manager(started):
    return started[0]


@pytest.fixture
def open_page(kernel):
    pages = []

    def open_(**options) -> Page:
        page = Page(kernel, **options)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()


def test_train_blocks_its_cell_while_a_subshell_serves_the_panel(open_page):
    """[K3] "Run All": data and model travel while the second cell waits."""
    page = open_page()
    page.run(SETUP)
    # Queued at once, as "Run All" does: the panel says hello while the second cell waits.
    cells = [
        page.start("ex = eelscape.explore(si, haadf)"),
        page.start("model = ex.train('im2spec', filters=4, epochs=2); print(model.backend)"),
    ]
    for cell in cells:
        reply = page.finish(cell)
        assert reply["status"] == "ok", "\n".join(reply["traceback"])
    assert page.text(cells[1]).endswith("cpu\n")
    (front,) = page.fronts.values()
    assert (front.arrays["spectra"].shape, front.welcome["pair"]["name"]) == ((40, 60, 300), "si")
    checks = page.run(
        "print(model is ex.models[0], model.predictions().shape, bool(np.isnan(model.predictions()"
        "[0, 0, 0])), ex.dataset.sha256)"
    )
    assert checks == f"True (40, 60, 300) True {front.welcome['pair']['sha256']}\n"


def test_the_kernel_finds_the_name_and_keeps_a_panel_for_its_cell(open_page):
    page = open_page()
    page.run(SETUP)
    assert (
        page.run("ex = eelscape.explore(si[:20], haadf[:20]); print(ex.dataset.name)") == "data\n"
    )
    code = "measured = si; ex = eelscape.explore(measured, haadf); print(ex.dataset.name, ex.id)"
    name, first = page.run(code).split()
    # `si` is the older name of the same array.
    assert name == "si"
    assert page.run(code).split()[1] != first
    again = [page.text(page.run_cell("a-cell", code)).split()[1] for _ in range(2)]
    assert again[0] == again[1]
    twice = page.text(page.run_cell("a-cell", f"{code}; {code}")).split()
    assert twice[1] == again[0] != twice[3]


def test_a_cell_that_computes_holds_up_neither_data_nor_models(open_page):
    """[K3] A page that is loaded meanwhile pulls the data, whole, and a model reaches the cell."""
    page = open_page(trains=False)
    page.run(SETUP)
    page.run("ex = eelscape.explore(si, haadf)")
    ((line, front),) = page.fronts.items()
    wait_for(front.pair_complete.is_set)
    cell = page.start("while not ex.models: sum(range(100_000))")
    later = page.adopt(line)
    wait_for(later.pair_complete.is_set)
    assert cell not in page.replies
    for name, array in front.arrays.items():
        assert later.arrays[name].tobytes() == array.tobytes()
    setup = {"kind": "im2spec", "latentDims": 2, "window": 16, "filters": 4, "seed": 0}
    later.send_model("a-run", trained_model(later.welcome["pair"], later.arrays["image"], setup))
    assert page.finish(cell)["status"] == "ok"


def test_figures_of_the_running_cell_stay_in_it(open_page):
    page = open_page()
    page.run(SETUP)
    page.run("%matplotlib inline")
    code = """
import matplotlib.pyplot as plt
ex = eelscape.explore(si, haadf)
plt.plot([1, 2])
model = ex.train('im2spec', filters=4, epochs=2)
print(len(plt.get_fignums()))
"""
    execution = page.start(code)
    assert page.finish(execution)["status"] == "ok"
    # Messages of the panel did not flush the figure away from its cell.
    assert "1\n" in page.text(execution)
    assert any("image/png" in c.get("data", {}) for c in page.outputs[execution])


def test_an_interrupt_stops_the_browser_and_the_model_comes_later(open_page, kernel_manager):
    page = open_page(trains=False)
    page.run(SETUP)
    page.run("ex = eelscape.explore(si, haadf)")
    execution = page.start("ex.train('im2spec', filters=4, epochs=2)")
    (front,) = page.fronts.values()
    wait_for(lambda: front.requests)
    kernel_manager.interrupt_kernel()
    reply = page.finish(execution)
    assert reply["ename"] == "KeyboardInterrupt"
    wait_for(lambda: [r["type"] for r in front.requests] == ["train", "stop"])
    front.train(front.requests[0]["run"], front.requests[0]["setup"])
    page.run("import time\nwhile not ex.models: time.sleep(0.01)")


def test_a_panel_without_a_subshell_is_refused_naming_wait(open_page):
    """[K3] The cell ends at once and names `wait=False`, which works."""
    page = open_page(subshell=False)
    page.run(SETUP)
    page.run("ex = eelscape.explore(si, haadf)")
    (front,) = page.fronts.values()
    wait_for(front.pair_complete.is_set)
    execution = page.start("ex.train('im2spec', filters=4, epochs=2)")
    reply = page.finish(execution)
    assert (reply["ename"], "wait=False" in reply["evalue"]) == ("FrontEndError", True)
    page.run("run = ex.train('im2spec', filters=4, epochs=2, wait=False)")
    wait_for(lambda: "stored" in [m["type"] for m in front.received])
    output = page.run("print('', run.wait() is ex.models[0], sep='\\n')")
    assert output.startswith("im2spec 2L: epoch ") and output.endswith("\nTrue\n")


def test_output_of_a_running_cell_does_not_hold_up_the_panel(open_page):
    page = open_page()
    page.run(SETUP)
    code = """
ex = eelscape.explore(si, haadf)
run = ex.train('im2spec', filters=4, epochs=2, wait=False)
for _ in range(2000):
    print('x' * 1000)
print(run.wait() is ex.models[0])
"""
    assert page.run(code).endswith("True\n")


def test_wrong_input_ends_in_the_cell_before_anything_is_sent(open_page):
    page = open_page()
    page.run(SETUP)
    for call, message in (
        ("eelscape.explore(si, haadf[:9])", "The image is 9x60, the scan 40x60"),
        ("eelscape.explore(si[:15], haadf[:15])", "smaller than the window of 16x16"),
        ("eelscape.explore(si, haadf * 0)", "The HAADF image is constant: nothing to learn"),
        ("eelscape.explore(si * np.nan, haadf)", "All 2400 spectra hold NaN"),
        ("eelscape.explore(si * 1j, haadf)", "dtype complex128"),
    ):
        reply = page.finish(page.start(call))
        assert message in reply["evalue"]
    assert page.fronts == {}


LAZY = """
import threading, time
import dask.array as da
slow = False

def block(values):
    if slow and values.size:
        time.sleep(0.5)
    return values

lazy = da.from_array(si, chunks=(4, -1, -1)).map_blocks(block, dtype=si.dtype)
eelscape.spectrum_image.BLOCK_BYTES = 4 * 4 * 60 * 300
ex = eelscape.explore(lazy, haadf)
"""


def test_the_panel_preprocesses_while_a_cell_runs(open_page):
    page = open_page()
    page.run(SETUP)
    page.run("ex = eelscape.explore(si, haadf)")
    (front,) = page.fronts.values()
    wait_for(front.pair_complete.is_set)
    cell = page.start("import time\nwhile ex.dataset.shape[2] == 300: time.sleep(0.01)")
    _, arrays = front.run_task(
        "preprocess-preview", {"step": {"step": "bin_energy", "factor": 3}, "pixel": [1, 2]}
    )
    assert (arrays["before"].size, arrays["after"].size) == (300, 100)
    assert cell not in page.replies
    front.run_task("preprocess-apply", {"steps": [{"step": "bin_energy", "factor": 3}]})
    assert page.finish(cell)["status"] == "ok"
    wait_for(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    assert front.arrays["spectra"].shape == (40, 60, 100)
    page.run("ex.undo()")
    wait_for(lambda: front.source == "pair:3" and front.pair_complete.is_set())
    assert front.arrays["spectra"].shape == (40, 60, 300)


def test_interrupting_a_step_in_a_cell_changes_nothing(open_page, kernel_manager):
    page = open_page()
    page.run(SETUP)
    page.run(LAZY)
    (front,) = page.fronts.values()
    wait_for(front.pair_complete.is_set)
    page.run("slow = True")
    execution = page.start("ex.preprocess({'step': 'mask_dead_pixels'})")
    wait_for(lambda: "%" in page.text(execution))
    kernel_manager.interrupt_kernel()
    assert page.finish(execution)["ename"] == "KeyboardInterrupt"
    assert "preprocess: interrupted, nothing was changed" in page.text(execution)
    assert page.run("slow = False; print(ex.recipe()['preprocessing'], ex.dataset.mask)") == (
        "[] None\n"
    )
    # Nothing is left locked.
    page.run("ex.preprocess({'step': 'bin_energy', 'factor': 3})")
    wait_for(lambda: front.source == "pair:2" and front.pair_complete.is_set())


def test_a_question_in_the_panel_is_answered_while_a_cell_waits(open_page):
    page = open_page()
    page.run(SETUP)
    page.run("signals = [eelscape.Signal(si), eelscape.Signal(si + 1), eelscape.Signal(haadf)]")
    assert "ex.choose(" in page.run("ex = eelscape.explore(signals); print(ex)")
    (front,) = page.fronts.values()
    wait_for(front.pair_complete.is_set)
    assert front.welcome["pair"]["question"]["groups"][0]["key"] == "spectra"
    cell = page.start("import time\nwhile ex.dataset is None: time.sleep(0.01)")
    front.run_task("choose", {"answers": {"spectra": 1, "image": 0}})
    assert page.finish(cell)["status"] == "ok"
    wait_for(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    assert page.run("print((ex.dataset.spectra == si + 1).all())") == "True\n"
