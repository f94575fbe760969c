"""Random and broken input: accepted, or refused with one of the documented errors; nothing else."""

import pytest
from fuzz import fuzz
from fuzz_targets import TARGETS

SHORT, LONG = 150, 10_000


def run(name, count):
    inputs, read = TARGETS[name]
    outcomes = fuzz(read, inputs, count)
    print(f"fuzzed {name}: {outcomes.total()} inputs, {dict(outcomes)}")
    assert set(outcomes) <= {"accepted", "refused"}
    return outcomes


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TARGETS)
def test_f3_broken_input_is_accepted_or_refused(name):
    """[F3] A first look with every run of the tests."""
    run(name, SHORT)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TARGETS)
def test_f3_ten_thousand_inputs(name):
    """[F3] No crash, no hang, no memory beyond the limit; both outcomes occur."""
    outcomes = run(name, LONG)
    assert outcomes.total() >= LONG
    assert outcomes["accepted"] and outcomes["refused"]
