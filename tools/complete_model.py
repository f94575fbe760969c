"""Adds to a model file of the sample what the panel writes into its own: encodings and errors.

The network stays as it is; the kernel computes both with it. `train_shipped_model.py` calls the
same for a new model.

    python tools/complete_model.py eelscape/data/ftio-im2spec-2L.safetensors
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from eelscape.model import Model
from eelscape.model_file import ModelFile, model_file_bytes, read_model_file
from eelscape.samples import sample_dataset

#: Measures whose means a file holds, of the parts that it names.
MEASURES = ("relative", "rmse")
PARTS = ("train", "test")


def completed(file: ModelFile, sample: str = "ftio") -> ModelFile:
    """The file with the encodings of all windows of a sample and the mean errors on its parts."""
    model = Model(file, sample_dataset(sample))
    errors = {}
    for measure in MEASURES:
        found = model.errors(measure)
        errors[measure] = {part: found[part] for part in PARTS}
    return replace(
        file,
        latents=np.asarray(model.latents(), np.float32),
        metadata={**file.metadata, "errors": errors},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    path = parser.parse_args().file
    path.write_bytes(model_file_bytes(completed(read_model_file(path))))


if __name__ == "__main__":
    main()
