"""Text comes at once, and never more often than once a second."""

from installation.render.text_pace import TextPace


def test_the_first_wish_is_followed_at_once_and_a_flickering_one_once_a_second() -> None:
    pace, changes, before = TextPace(), 0, False
    for k in range(120):
        shown = pace.follow(k % 2 == 0, k / 30.0, room=True)
        changes += shown is not before
        before = shown
        assert k > 0 or shown
    assert 3 <= changes <= 4


def test_without_room_text_stays_as_it_is() -> None:
    pace = TextPace()
    assert not pace.follow(True, 1.0, room=False)
    assert pace.follow(True, 1.1, room=True) and pace.changes(1.2) == 1 and pace.changes(3.0) == 0
