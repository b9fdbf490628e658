from installation.events import EventLog, with_incidents
from installation.health import Finding
from installation.incidents import Incident, Incidents
from installation.values import Condition

WELL = {"sound": Finding(), "capture": Finding()}


def amiss(part: str, words: str) -> dict[str, Finding]:
    return {**WELL, part: Finding(Condition.DEGRADED, words)}


def test_what_is_amiss_says_since_when_how_often_and_what_was_done() -> None:
    log = EventLog()
    for now in (0.0, 1.0):
        log.follow(WELL, now)
    for now in (10.0, 11.0, 12.0):
        log.follow(amiss("sound", "the microphone is gone"), now)

    (event,) = log.events
    assert (event.what, event.since, event.times, event.over) == ("sound: the microphone is gone", 10.0, 1, False)
    assert "looks for the source" in event.done


def test_what_is_over_says_so_and_what_comes_back_is_counted() -> None:
    log = EventLog()
    for began_at in (10.0, 20.0, 30.0):
        log.follow(amiss("sound", "gone"), began_at)
        log.follow(WELL, began_at + 5.0)

    (event,) = log.events
    assert (event.since, event.times, event.over) == (30.0, 3, True)


def test_words_that_count_seconds_are_one_event_with_the_newest_words() -> None:
    log = EventLog()
    for second in range(3, 20):
        log.follow(amiss("pictures", f"no new picture for {second} s"), 100.0 + second)

    (event,) = log.events
    assert (event.what, event.since, event.times) == ("pictures: no new picture for 19 s", 103.0, 1)


def test_ever_new_words_take_no_memory_and_what_lasts_is_kept() -> None:
    log = EventLog()
    for number in range(500):
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        log.follow({**amiss("sound", "gone"), "osc": Finding(Condition.DEGRADED, letters)}, float(number))

    assert len(log.events) <= 51
    assert [event.since for event in log.events if event.what == "sound: gone"] == [0.0]


def test_nothing_new_replaces_nothing() -> None:
    log = EventLog()
    log.follow(amiss("sound", "gone"), 1.0)
    before = log.events
    log.follow(amiss("sound", "gone"), 2.0)
    assert log.events is before


def test_incidents_are_told_once_and_what_lasts_comes_first() -> None:
    log = EventLog()
    log.follow(amiss("capture", "recovering: capture ended without a word"), 5.0)
    incidents = [Incident("capture ended without a word", 5.0), Incident("snapshot: the disk is full", 9.0, 2)]

    told = with_incidents(log.events, incidents)
    assert [(event.what, event.over) for event in told] == [
        ("capture: recovering: capture ended without a word", False),
        ("snapshot: the disk is full", True),
    ]
    assert (told[1].since, told[1].times) == (9.0, 2)


def test_an_incident_knows_when_it_happened_last_and_how_often() -> None:
    now = [3.0]
    incidents = Incidents(lambda: now[0])
    incidents.append("once")
    now[0] = 8.0
    incidents.append("twice")
    incidents.append("twice")

    assert incidents.all == (Incident("once", 3.0, 1), Incident("twice", 8.0, 2))
    assert incidents.lines() == ["once", "twice (×2)"]
