"""PyTorch's side of the training benchmark: the same networks, batches and optimiser.

Started by benchmarks/training.py with any Python that has torch; reads a JSON object a line
(`{"do": "machine" | "time" | "check" | "atomai", ...}`) and answers each with one.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import os
import struct
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from network_shapes import shapes_of
from torch_networks import Network, copied, trained

warnings.filterwarnings("ignore")

#: Epochs are timed as a whole where one takes no longer, in seconds; as in browser/measure.ts.
LONGEST_EPOCH = 4


def case_of(spec: dict) -> dict:
    """The network's description as `Network` takes it, from the browser's spec."""
    return {
        "kind": spec["kind"],
        "enc_layers": 3,
        "encoder_avgpool": 16 if spec["kind"] == "spec2im" else 0,
        "filters": spec["filters"],
        "image": [spec["window"]] * 2,
        "spectrum": spec["channels"],
    }


def random_parameters(spec: dict) -> dict[str, torch.Tensor]:
    """Values of the right size; times do not hang on them."""
    values = {}
    for name, shape in shapes_of(spec).items():
        if len(shape) > 1:
            bound = 1 / np.sqrt(np.prod(shape[1:]))
            values[name] = torch.empty(shape).uniform_(-bound, bound)
        else:
            start = float(name.endswith((".weight", "running_var")))  # of a batch norm
            values[name] = torch.full(shape, start)
    return values


class Training:
    """A network on a device, its data beside it, and Adam.

    Parameters
    ----------
    spec : dict
        kind, latentDims, filters, window, channels.
    parameters : dict of str to tensor
        Initial values.
    x, y : tensor (n, features), (n, targets)
        Scaled data of all windows.
    batch : int
        Windows a step.
    device : str
        'cuda' or 'cpu'.
    graph : bool
        Replay a CUDA graph of the step for full batches.
    """

    def __init__(self, spec, parameters, x, y, batch, device, graph=False, rate=1e-3) -> None:
        window, channels = spec["window"], spec["channels"]
        image, spectrum = (-1, 1, window, window), (-1, 1, channels)
        x_shape, y_shape = (spectrum, image) if spec["kind"] == "spec2im" else (image, spectrum)
        self.x = x.to(device).reshape(x_shape)
        self.y = y.to(device).reshape(y_shape)
        self.batch, self.device = batch, device
        values = {name: value.to(device) for name, value in parameters.items()}
        self.parameters = copied(values, torch.float32)
        self.network = Network(case_of(spec), self.parameters)
        self.adam = torch.optim.Adam(trained(self.parameters), lr=rate, capturable=graph)
        self.sum = torch.zeros((), device=device)
        self._graph = self._captured() if graph else None

    def _pass(self, rows: torch.Tensor) -> None:
        self.adam.zero_grad(set_to_none=self._graph is None)
        output, _ = self.network.forward(self.x[rows], train=True)
        loss = functional.mse_loss(output, self.y[rows])
        loss.backward()
        self.adam.step()
        self.sum += loss.detach() * len(rows)

    def _captured(self):
        self._graph = None
        self.rows = torch.arange(self.batch, device=self.device) % len(self.x)
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(5):
                self._pass(self.rows)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        self.adam.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            self._pass(self.rows)
        return graph

    def step(self, rows: torch.Tensor) -> None:
        """One step on these rows of the data."""
        if self._graph is None:
            self._pass(rows)
        else:
            self.rows.copy_(rows)
            self._graph.replay()

    def steps(self, n: int) -> float:
        """Seconds of `n` steps on shuffled batches, until the device has done them."""
        self.wait()
        begun, done = time.perf_counter(), 0
        while done < n:
            order = torch.randperm(len(self.x), device=self.device)
            for start in range(0, len(order) - self.batch + 1, self.batch):
                if done < n:
                    self.step(order[start : start + self.batch])
                    done += 1
        self.wait()
        return time.perf_counter() - begun

    def epoch(self, tests: int) -> float:
        """Seconds of all batches, a test on `tests` windows, and reading both losses."""
        self.wait()
        begun = time.perf_counter()
        self.sum.zero_()
        order = torch.randperm(len(self.x), device=self.device)
        for start in range(0, len(order) - self.batch + 1, self.batch):
            self.step(order[start : start + self.batch])
        with torch.no_grad():
            total = torch.zeros((), device=self.device)
            for start in range(0, tests, 256):
                x, y = self.x[start : start + 256], self.y[start : start + 256]
                total += functional.mse_loss(
                    self.network.forward(x, train=False)[0], y, reduction="sum"
                )
        self.sum.item(), total.item()
        return time.perf_counter() - begun

    def wait(self) -> None:
        """Wait for the device."""
        if self.device == "cuda":
            torch.cuda.synchronize()


def use_tf32(on: bool) -> None:
    """Whether products may be rounded to TF32; float32 throughout where not."""
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on
    torch.backends.cudnn.benchmark = True


def repeated(training: Training, seconds: float, repeats: int, tests: int) -> dict:
    """Milliseconds a step of several stretches after a warm-up, and seconds of two epochs."""
    begun = time.perf_counter()
    one = training.steps(3) / 3
    while time.perf_counter() - begun < 0.2 * seconds:
        n = max(1, min(64, int(0.04 * seconds / one)))
        one = training.steps(n) / n
    n = max(1, round(seconds / repeats / one))
    times = [1e3 * training.steps(n) / n for _ in range(repeats)]
    epochs = []
    if one * len(training.x) / training.batch <= LONGEST_EPOCH:
        training.epoch(tests)
        epochs = [training.epoch(tests) for _ in range(2)]
    return {"milliseconds": times, "steps": n * repeats, "epochs": epochs}


def timed(request: dict) -> dict:
    """Times of one mode: 'eager', 'graph' or 'graph-tf32' on CUDA, 'cpu'."""
    spec, mode = request["spec"], request["mode"]
    device = "cpu" if mode == "cpu" else "cuda"
    use_tf32(mode.endswith("tf32"))
    torch.manual_seed(0)
    window, channels = spec["window"] ** 2, spec["channels"]
    to_image = spec["kind"] == "spec2im"
    n = request["windows"]
    x = torch.rand(n, channels if to_image else window)
    y = torch.rand(n, window if to_image else channels)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    training = Training(
        spec, random_parameters(spec), x, y, request["batchSize"], device, mode.startswith("graph")
    )
    row = repeated(training, request["seconds"], request["repeats"], min(n, request["tests"]))
    row["finite"] = bool(torch.isfinite(training.sum))
    if device == "cuda":
        row["gpu_bytes"] = torch.cuda.max_memory_allocated()
    del training
    return row


def read_check(path: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Header and arrays of a file that the page sent."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    arrays, at = {}, 4 + length
    for entry in header["arrays"]:
        size = int(np.prod(entry["shape"]))
        values = np.frombuffer(content[at : at + 4 * size], "<f4")
        arrays[entry["name"]] = values.reshape(entry["shape"])
        at += 4 * size
    return header, arrays


def check(request: dict) -> dict:
    """Losses of the epochs that the browser trained, from its values in its order."""
    header, arrays = read_check(request["path"])
    use_tf32(False)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    parameters = {
        name.removeprefix("init."): torch.from_numpy(value.copy())
        for name, value in arrays.items()
        if name.startswith("init.")
    }
    if set(parameters) != set(shapes_of(header["spec"])):
        raise ValueError("The browser's parameters are not those of this network.")
    x, y = (torch.from_numpy(arrays[name].copy()) for name in "xy")
    size = header["batchSize"]
    training = Training(header["spec"], parameters, x, y, size, device, rate=header["learningRate"])
    found = []
    for epoch in range(len(header["losses"])):
        order = torch.from_numpy(arrays[f"order.{epoch}"].astype(np.int64)).to(device)
        training.sum.zero_()
        for start in range(0, len(order), size):
            training.step(order[start : start + size])
        found.append(training.sum.item() / len(order))
    return {"browser": header["losses"], "torch": found}


def atomai(request: dict) -> dict:
    """Times of AtomAI's ImSpec on the same sizes, a short epoch at a time."""
    import atomai

    spec, size = request["spec"], request["batchSize"]
    n = min(request["windows"], 12 * size)
    image, spectrum = (spec["window"],) * 2, (spec["channels"],)
    to_image = spec["kind"] == "spec2im"
    sizes = (spectrum, image) if to_image else (image, spectrum)
    rng = np.random.default_rng(0)
    x, y = (rng.random((n, *shape), dtype=np.float32) for shape in sizes)
    model = atomai.models.ImSpec(*sizes, latent_dim=spec["latentDims"])
    seconds = []
    for _ in range(1 + min(3, request["repeats"])):
        begun = time.perf_counter()
        # It prints and leaves its last model in the working folder.
        with (
            contextlib.redirect_stdout(io.StringIO()),
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
        ):
            model.fit(
                x,
                y,
                x[:size],
                y[:size],
                full_epoch=True,
                training_cycles=1,
                batch_size=size,
                plot_training_history=False,
            )
        seconds.append(time.perf_counter() - begun)
    steps = n // size
    return {
        "milliseconds": [1e3 * value / steps for value in seconds[1:]],
        "steps": steps * (len(seconds) - 1),
        "epochs": [],
        "version": version_of_atomai(),
    }


def version_of_atomai() -> str:
    """Its version; '' where it is missing."""
    try:
        return importlib.metadata.version("atomai")
    except importlib.metadata.PackageNotFoundError:
        return ""


def machine(_: dict) -> dict:
    """Versions and devices."""
    cuda = torch.cuda.is_available()
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "atomai": version_of_atomai(),
        "cuda": torch.cuda.get_device_name() if cuda else "",
    }


def forget_peak() -> None:
    """Start the peak of resident memory anew, where the system can (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory() -> int:
    """Bytes of resident memory at the peak; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return 1024 * int(line.split()[1])
    return 0


WORK: dict[str, Callable[[dict], dict]] = {
    "machine": machine,
    "time": timed,
    "check": check,
    "atomai": atomai,
}


def main() -> None:
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
    # Libraries print what they like: answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        forget_peak()
        try:
            answer = WORK[request["do"]](request)
            answer["rss_bytes"] = peak_memory()
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
