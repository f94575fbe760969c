"""A small random network with noise as data, for the tests of the model."""

import numpy as np
import reference_network as reference

from eelscape.axes import Axis
from eelscape.dataset import Dataset
from eelscape.model import Evaluation, Model
from eelscape.windows import cut_windows, positions_of_windows

NY, NX = 20, 28


def dataset_for(spec, seed=0, mask=None):
    random = np.random.default_rng(seed)
    return Dataset(
        spectra=random.uniform(-2, 6, (NY, NX, spec.channels)).astype("f4"),
        image=random.uniform(10, 35, (NY, NX)).astype("f4"),
        y=Axis("y", "nm", NY, 1.5),
        x=Axis("x", "nm", NX, 1.5),
        energy=Axis("energy", "eV", spec.channels, 0.01, 0.2),
        title="noise",
        mask=mask,
    )


def unit(model, name, values):
    low, high = model.scaling[name]
    return (values.astype("f8") - low) / (high - low)


class Case:
    """A small random network with noise as data, and what NumPy makes of them."""

    def __init__(self, kind, mask=None):
        self.spec = reference.SMALL[kind]
        self.file = reference.random_file(self.spec, NY, NX)
        self.data = dataset_for(self.spec, mask=mask)
        self.file.metadata["data_sha256"] = self.data.sha256
        self.model = Model(self.file, self.data)
        self.positions = positions_of_windows(NY, NX, self.spec.window, mask)
        windows = cut_windows(self.data.image, self.positions, self.spec.window)
        spectra = self.data.spectra.reshape(NY * NX, -1)[self.positions]
        flip = kind == "spec2im"
        self.features, self.targets = (spectra, windows) if flip else (windows, spectra)
        self.names = ("spectrum", "image") if flip else ("image", "spectrum")
        self.latents = reference.encode(
            self.spec, self.file.parameters, unit(self.model, self.names[0], self.features)
        )
        low, high = self.model.scaling[self.names[1]]
        decoded = reference.decode(self.spec, self.file.parameters, self.latents)
        self.predictions = decoded * (high - low) + low

    def evaluation(self):
        return Evaluation(self.positions, self.latents, self.predictions, "webgpu", "a notice")


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.nanmax(np.abs(expected)))
