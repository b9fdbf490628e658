"""The oracle finds what it is there for: it is tried on readers that are wrong on purpose."""

import mmap
import os
import random
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import strategies as st

from tests.fuzz.batch import run_apart, run_batch
from tests.fuzz.cases import cases_of
from tests.fuzz.family import Family, judge
from tests.fuzz.mutation import mutated

_KEPT: list[mmap.mmap] = []


class _RefusalError(ValueError):
    pass


def _family(read: Callable[[bytes], None], growth_mib: float = 64.0) -> Family:
    @contextmanager
    def opened(_folder: Path) -> Iterator[Callable[[bytes], None]]:
        yield read

    return Family(
        "planted",
        lambda _folder: [b"abc"],
        lambda _seeds: st.binary(max_size=9),
        opened,
        (_RefusalError,),
        growth_mib=growth_mib,
    )


def _raise(error: Exception) -> Callable[[bytes], None]:
    def read(_case: bytes) -> None:
        raise error

    return read


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (_raise(KeyError("x")), "KeyError in "),
        (_raise(RecursionError()), "RecursionError in "),
        (_raise(_RefusalError("")), "a refusal says why"),
        (_raise(_RefusalError("two\nlines")), "one line"),
        (_raise(_RefusalError("x" * 701)), "at most 700 letters"),
        (lambda _case: warnings.warn("odd", RuntimeWarning, stacklevel=1), "RuntimeWarning in "),
    ],
)
def test_what_is_not_as_promised_is_a_finding(read: Callable[[bytes], None], words: str) -> None:
    finding = judge(read, (_RefusalError,), b"case")
    assert finding is not None and words in finding.what and finding.case == b"case"


def test_what_takes_long_is_a_finding() -> None:
    with patch("tests.fuzz.family.LIMIT_S", -1.0):
        finding = judge(lambda _case: None, (), b"case")
    assert finding is not None and finding.what.startswith("took ")


def test_what_is_read_or_refused_in_one_line_is_none() -> None:
    assert judge(lambda _case: None, (_RefusalError,), b"") is None
    assert judge(_raise(_RefusalError("expected 1, got 2")), (_RefusalError,), b"") is None


def test_what_grows_is_a_finding() -> None:
    def keeps(_case: bytes) -> None:  # in pages of its own: the heap may have room left from the tests before
        _KEPT.append(mmap.mmap(-1, 65_536))
        _KEPT[-1].write(bytes(65_536))

    batch = run_batch(_family(keeps, growth_mib=16.0), 0, 1_000)
    _KEPT.clear()
    assert batch.cases == 1_000 and batch.findings[0].what.startswith("1000 cases leave")


@pytest.mark.proc
def test_a_case_that_ends_or_hangs_its_process_is_known_and_the_run_goes_on() -> None:
    def ends(case: bytes) -> None:
        if case != b"abc":
            os.kill(os.getpid(), signal.SIGKILL)

    def hangs(_case: bytes) -> None:
        time.sleep(600)

    ended = run_apart(_family(ends), 0, 50)
    with patch("tests.fuzz.batch._PATIENCE_S", 0.5):
        hung = run_apart(_family(hangs), 0, 50)
    assert ended.cases == 2 and "ends the process with -9" in ended.findings[0].what
    assert hung.findings[0].what == "hangs" and hung.findings[0].case == b"abc"


def test_the_same_number_gives_the_same_cases_and_another_others() -> None:
    family = _family(lambda _case: None)
    first, again, other = (list(cases_of(family, [b"abc", b"def"], number, 60)) for number in (1, 1, 2))
    assert first == again and first != other and len(first) == len(other) == 60


def test_a_mutation_stays_bounded() -> None:
    rng, pool = random.Random(0), [b"x" * 60_000, b""]
    assert max(len(mutated(pool, rng)) for _ in range(300)) <= 65_536
