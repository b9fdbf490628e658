import pytest

from installation.control.osc.echo import EVERYTHING, MAX_PATTERNS, MAX_SUBSCRIBERS, Echo
from installation.control.osc.messages import read_packet
from installation.control.osc.patterns import PatternError
from tests.waiting import wait_until

KNOWN = ("/audio/gain", "/latent/blend", "/latent/edit")


class FakePeer:
    """Takes packets, as long as it is not slow."""

    def __init__(self, name: str = "peer") -> None:
        self.host, self.gone, self.slow, self.name = "", False, False, name
        self.heard: list[tuple[str, object]] = []

    def send(self, packet: bytes) -> bool:
        if not self.slow:
            ((_, message),) = read_packet(packet).messages
            self.heard.append((message.address, message.arguments[0]))
        return not self.slow


def test_the_subscriber_of_longest_standing_makes_room() -> None:
    echo, peers = Echo(), [FakePeer(str(number)) for number in range(MAX_SUBSCRIBERS)]
    for peer in peers:
        echo.subscribe(peer)
    assert echo.subscribe(peers[0]) is None  # renewed: now the youngest
    youngest = FakePeer()
    assert echo.subscribe(youngest) is peers[1]

    assert echo.subscribers == [*peers[2:], peers[0], youngest]


def test_a_fast_fader_is_told_with_its_newest_value() -> None:
    echo, peer = Echo(), FakePeer()
    echo.subscribe(peer)
    for step in range(1000):
        echo.tell("/audio/gain", float(step))
    echo.start()
    assert wait_until(lambda: peer.heard)
    echo.close()

    assert peer.heard == [("/audio/gain", 999.0)]


def test_the_state_comes_before_changes_and_never_instead_of_a_newer_one() -> None:
    echo, peer = Echo(), FakePeer()
    echo.subscribe(peer)
    echo.tell("/latent/edit", 2.0)  # while the state was being looked up
    echo.tell_state(peer, EVERYTHING, {"/audio/gain": (0.0,), "/latent/edit": (1.0,)})
    echo.start()
    assert wait_until(lambda: len(peer.heard) == 2)
    echo.close()

    assert sorted(peer.heard) == [("/audio/gain", 0.0), ("/latent/edit", 2.0)]


def test_what_a_slow_peer_did_not_take_comes_later_in_its_newest_form() -> None:
    echo, peer = Echo(), FakePeer()
    peer.slow = True
    echo.subscribe(peer)
    echo.start()
    for step in range(100):
        echo.tell("/audio/gain", float(step))
        echo.tell("/latent/blend", 0.5)
    peer.slow = False
    assert wait_until(lambda: {("/audio/gain", 99.0), ("/latent/blend", 0.5)} <= set(peer.heard))
    echo.close()


def test_patterns_add_up_and_are_taken_away_one_by_one() -> None:
    echo, peer = Echo(), FakePeer()
    echo.subscribe(peer, "/latent/e*")
    echo.subscribe(peer, "/audio/*")
    echo.unsubscribe(peer, "/latent/e*")
    for address in KNOWN:
        echo.tell(address, 1.0)
    echo.start()
    assert wait_until(lambda: peer.heard)
    echo.close()
    assert peer.heard == [("/audio/gain", 1.0)]

    echo.unsubscribe(peer, "/audio/*")
    assert echo.subscribers == []


def test_a_peer_keeps_so_many_patterns_and_forgets_the_oldest() -> None:
    echo, peer = Echo(), FakePeer()
    echo.subscribe(peer, "/audio/*")
    for number in range(MAX_PATTERNS):
        echo.subscribe(peer, f"/latent/{number}*")
    echo.tell("/audio/gain", 1.0)
    echo.unsubscribe(peer)
    assert echo.subscribers == [] and peer.heard == []


def test_a_peer_that_has_gone_is_forgotten() -> None:
    echo, peer = Echo(), FakePeer()
    echo.subscribe(peer)
    peer.gone = True
    echo.start()
    echo.tell("/audio/gain", 1.0)
    assert wait_until(lambda: echo.subscribers == [])
    echo.close()


def test_a_pattern_that_cannot_be_read_subscribes_nobody() -> None:
    echo = Echo()
    with pytest.raises(PatternError):
        echo.subscribe(FakePeer(), "/latent/[")
    assert echo.subscribers == []


def test_who_never_subscribed_may_take_leave() -> None:
    Echo().unsubscribe(FakePeer())
