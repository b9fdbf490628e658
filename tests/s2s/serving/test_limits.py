from s2s.serving.limits import Bucket, PeerLimits


def test_a_bucket_lets_a_burst_pass_and_then_its_rate() -> None:
    bucket = Bucket(rate=10.0, burst=5.0)

    assert [bucket.take(0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert 0.0 < bucket.wait_s() <= 0.1
    assert [bucket.take(now) for now in (0.05, 0.1001, 0.15, 0.2002)] == [False, True, False, True]


def test_after_a_rest_no_more_than_a_burst_passes() -> None:
    bucket = Bucket(rate=10.0, burst=5.0)
    assert sum(bucket.take(1000.0) for _ in range(20)) == 5


def test_who_asks_too_often_is_told_when_to_come_again_and_the_others_are_not() -> None:
    limits = PeerLimits(rate=10.0, burst=3.0)

    assert [limits.ask("loud", 0.0) > 0.0 for _ in range(4)] == [False] * 3 + [True]
    assert limits.ask("calm", 0.0) == 0.0
    assert limits.ask("loud", 1.0) == 0.0


def test_wrong_tokens_are_answered_later_and_later_and_forgiven_after_a_minute() -> None:
    limits = PeerLimits()

    assert [limits.wrong_token("guesser", float(now)) for now in range(6)] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
    assert limits.wrong_token("other", 6.0) == 0.25
    assert limits.wrong_token("guesser", 100.0) == 0.25
    assert limits.wrong_tokens == 8


def test_only_a_few_answers_are_held_back_at_a_time() -> None:
    limits = PeerLimits()

    assert [limits.begin_waiting() for _ in range(9)] == [True] * 8 + [False]
    limits.end_waiting()
    assert limits.begin_waiting()


def test_a_flood_of_addresses_takes_no_memory() -> None:
    limits = PeerLimits()
    for number in range(5000):
        limits.ask(f"peer {number}", 0.0)
        limits.wrong_token(f"peer {number}", 0.0)
    assert len(limits._buckets) == len(limits._strangers) == 256
