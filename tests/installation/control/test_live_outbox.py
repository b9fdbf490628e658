import json

from installation.control.page.live_outbox import Changes, Outbox


def test_a_page_that_does_not_keep_up_loses_old_pictures_and_meters_and_no_value() -> None:
    outbox = Outbox()
    for number in range(1000):
        outbox.put("meters", f"meters {number}")
        outbox.put("status", f"status {number}")
        outbox.put_picture(b"picture %d" % number)
        outbox.put_values({"/audio/gain": float(number), f"/audio/{number % 3}": number})

    told = [outbox.take() for _ in range(5)]
    assert json.loads(str(told[0]))["values"] == {
        "/audio/gain": 999.0,
        "/audio/0": 999,
        "/audio/1": 997,
        "/audio/2": 998,
    }
    assert told[1:] == ["status 999", "meters 999", b"picture 999", None]


def test_the_greeting_comes_first_and_values_before_what_is_only_of_the_moment() -> None:
    outbox = Outbox()
    for kind in ("meters", "pong", "status", "presets", "events", "hello"):
        outbox.put(kind, kind)
    outbox.put_picture(b"picture")
    outbox.put_values({"/audio/gain": 1.0})
    outbox.put_refusal("refused")

    order = list(iter(outbox.take, None))
    assert order[:2] == ["hello", "refused"] and '"values"' in str(order[2])
    assert order[3:] == ["presets", "events", "status", "pong", "meters", b"picture"]


def test_of_very_many_refusals_the_newest_are_told() -> None:
    outbox = Outbox()
    for number in range(10_000):
        outbox.put_refusal(str(number))

    assert list(iter(outbox.take, None)) == [str(number) for number in range(9968, 10_000)]


def test_changes_are_noted_once_and_taken_once() -> None:
    changes = Changes()
    for number in range(5):
        changes.note("/audio/gain", float(number), "osc")
    changes.note("/show/hud")

    assert changes.take() == {"/audio/gain", "/show/hud"}
    assert changes.take() == set()
