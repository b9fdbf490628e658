"""Claims that were measured are read again, and measured anew only where what they depend on is another."""

from pathlib import Path

import pytest

from s2s.evaluate.claims.kept import CLAIMS_FILE, KeptClaims
from s2s.evaluate.report.model import Claim, Skipped, Value

MEASURED: list[Claim | Skipped] = [
    Claim("one", "one is", "asked", Value(0.5, 0.25, 0.75, 8), 0.1, True),
    Skipped("two", "none there"),
]


def test_a_claim_that_is_kept_is_not_measured_again(tmp_path: Path) -> None:
    first = KeptClaims(tmp_path).once(("claim", 3), lambda: MEASURED)
    assert list(first) == MEASURED
    again = KeptClaims(tmp_path).once(("claim", 3), lambda: pytest.fail("measured again"))
    assert list(again) == MEASURED


def test_another_model_judge_seed_or_size_is_measured_anew(tmp_path: Path) -> None:
    kept = KeptClaims(tmp_path)
    kept.once(("claim", 3), lambda: MEASURED)
    assert kept.once(("claim", 4), lambda: MEASURED[1:]) == MEASURED[1:]
    assert len((tmp_path / CLAIMS_FILE).read_text().splitlines()) == 2


def test_a_line_that_is_no_claim_is_named(tmp_path: Path) -> None:
    (tmp_path / CLAIMS_FILE).write_text('{"of": 3}\n')
    with pytest.raises(ValueError, match=r"claims\.jsonl, line 1 is no claim: choose an empty folder"):
        KeptClaims(tmp_path)
