"""The generator gives the numbers of its TypeScript twin and of the published vectors."""

import json
from pathlib import Path

import numpy as np
import pytest

from eelscape.random_numbers import fnv1a, permutation, philox_words, uniforms

VECTORS = json.loads((Path(__file__).parent / "fixtures" / "random.json").read_text())


def test_vectors_shared_with_the_front_end():
    for case in VECTORS["fnv1a"]:
        assert fnv1a(case["text"]) == case["hash"]
    for case in VECTORS["uniforms"]:
        got = uniforms(case["seed"], case["purpose"], case["index"], len(case["bits"]))
        assert got.dtype == np.float32
        assert (got.astype(np.float64) * 2**24).astype(int).tolist() == case["bits"]
    for case in VECTORS["permutations"]:
        order = permutation(case["seed"], case["purpose"], case["index"], len(case["order"]))
        assert order.tolist() == case["order"]


def test_stream_does_not_depend_on_how_it_is_cut():
    whole = philox_words(7, "epoch", 3, 0, 10)
    assert np.array_equal(whole[20:], philox_words(7, "epoch", 3, 5, 5))
    assert np.array_equal(uniforms(7, "a", 0, 10)[:3], uniforms(7, "a", 0, 3))


def test_permutation_of_many_blocks_is_one():
    order = permutation(1, "epoch", 0, 3000)
    assert sorted(order.tolist()) == list(range(3000))
    assert not np.array_equal(order, permutation(1, "epoch", 1, 3000))


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (2**53, 0), (0, -1), (0, 2**32)])
def test_what_no_stream_exists_for_is_refused(seed, index):
    with pytest.raises(ValueError, match="not usable"):
        uniforms(seed, "a", index, 4)
