"""Which of two scenes is the place, and which is laid over it."""

import pytest

from s2s.world.composition import composable_pairs, composes, in_order


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("sea", "helicopter", ("sea", "helicopter")),
        ("helicopter", "sea", ("sea", "helicopter")),
        ("rain", "wind", ("rain", "wind")),
        ("wind", "rain", ("wind", "rain")),
        ("clock", "choir", None),
        ("choir", "crowd", ("crowd", "choir")),
        ("crowd", "choir", ("crowd", "choir")),
        ("sea", "train", None),
        ("rain", "rain", None),
        ("rain", "speech", None),
        ("speech", "rain", None),
    ],
)
def test_the_likelier_owns_the_place_unless_only_the_other_order_can_be_painted(
    first: str, second: str, expected: tuple[str, str] | None
) -> None:
    assert in_order(first, second) == expected


def test_every_pair_that_composes_is_listed_once_and_no_other() -> None:
    pairs = composable_pairs()
    assert len(set(pairs)) == len(pairs) and all(composes(*pair) for pair in pairs)
    assert ("sea", "helicopter") in pairs and ("clock", "rain") not in pairs
