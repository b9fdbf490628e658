"""Which look comes next."""

from collections import Counter
from itertools import pairwise

from installation.cues.playlist import PlaylistOrder

LOOKS = ("dawn", "day", "dusk", "night")


def evening(seed: int, looks: tuple[str, ...], length: int) -> list[str]:
    order, shown = PlaylistOrder(seed), [looks[0]]
    for _ in range(length):
        upcoming = order.upcoming(looks, shown[-1], "shuffle")
        assert upcoming == order.upcoming(looks, shown[-1], "shuffle")  # asked again, it stays
        assert upcoming is not None
        order.went(upcoming)
        shown.append(upcoming)
    return shown


def test_shuffled_no_look_comes_twice_in_a_row_and_all_have_their_turn() -> None:
    shown = evening(7, LOOKS, 300)
    assert all(one != other for one, other in pairwise(shown))
    assert all(count > 50 for count in Counter(shown).values()) and set(shown) == set(LOOKS)


def test_a_seed_is_an_order() -> None:
    assert evening(1, LOOKS, 40) == evening(1, LOOKS, 40) != evening(2, LOOKS, 40)


def test_in_order_the_first_follows_the_last_and_a_hand_is_gone_on_from() -> None:
    order = PlaylistOrder(0)
    assert order.upcoming(LOOKS, "dawn", "in order") == "day"
    assert order.upcoming(LOOKS, "night", "in order") == "dawn"
    assert order.upcoming(LOOKS, "another", "in order") == "dawn"


def test_a_look_that_cannot_be_shown_is_passed_over() -> None:
    for kind in ("in order", "shuffle"):
        order, tried = PlaylistOrder(3), []
        for _ in range(3):
            look = order.upcoming(LOOKS, "dawn", kind)
            assert look is not None
            order.went(look)
            tried.append(look)
        assert sorted(tried) == ["day", "dusk", "night"]


def test_nothing_follows_where_it_is_off_or_there_is_nothing_else() -> None:
    order = PlaylistOrder(0)
    assert order.upcoming(LOOKS, "dawn", "off") is None
    assert order.upcoming((), "dawn", "shuffle") is None
    assert order.upcoming(("dawn", "dawn"), "dawn", "shuffle") is None
