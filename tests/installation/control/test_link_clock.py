import logging
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from installation.control import link_clock
from installation.control.link_clock import LinkClock
from installation.desk import Desk
from installation.values import Features
from tests.waiting import wait_until

_PEER = """
import asyncio, sys, aalink
async def play():
    link = aalink.Link(float(sys.argv[1]))
    link.enabled = True
    await asyncio.sleep(30.0)
asyncio.run(play())
"""


class FakeSession:
    """A session of two at 90 beats a minute, three quarters of a beat after the tenth."""

    def __init__(self, _bpm: float) -> None:
        self.enabled, self.num_peers, self.tempo, self.beat = False, 1, 90.0, 10.75


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[FakeSession]:
    opened: list[FakeSession] = []

    def open_session(bpm: float) -> FakeSession:
        opened.append(FakeSession(bpm))
        return opened[-1]

    monkeypatch.setitem(sys.modules, "aalink", SimpleNamespace(Link=open_session))
    return opened


def choosing(clock: str) -> tuple[Desk, LinkClock]:
    desk = Desk()
    link = LinkClock(desk)
    choose(desk, clock)
    link.start()
    link.poll(0.0)
    return desk, link


def choose(desk: Desk, clock: str) -> None:
    desk.post("/audio/clock", clock, "test")
    desk.tick(0.0, Features())


def test_the_beat_is_the_sessions_while_others_are_there(sessions: list[FakeSession]) -> None:
    _, link = choosing("link")
    beat = link.beat(0.0)
    assert beat is not None and (beat.bpm, beat.phase, beat.certainty) == (90.0, 0.75, 1.0)
    late = link.beat(0.0, behind_s=1.0)  # one and a half beats
    assert late is not None and late.phase == pytest.approx(0.25)
    assert link.status().peers == 1
    sessions[0].num_peers = 0
    assert link.beat(0.0) is None


def test_the_network_hears_of_the_show_only_while_it_is_asked_for(sessions: list[FakeSession]) -> None:
    desk, link = choosing("sound")
    assert sessions == [] and link.beat(0.0) is None
    choose(desk, "link")
    link.poll(1.0)
    link.poll(1.1)
    assert [session.enabled for session in sessions] == [True]
    choose(desk, "midi")
    link.poll(2.0)
    assert not sessions[0].enabled and link.status().peers == 0


def test_without_the_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "aalink", None)
    caplog.set_level(logging.INFO)
    desk, link = choosing("link")
    link.poll(1.0)
    assert "pip install 'aalink" in link.status().problem and len(caplog.records) == 1
    assert link.beat(0.0) is None
    choose(desk, "sound")
    link.poll(2.0)
    assert link.status().problem == ""


@pytest.mark.proc
def test_two_peers_on_this_machine_share_a_tempo() -> None:
    pytest.importorskip("aalink", reason="the optional extra `link` is not installed")
    peer = subprocess.Popen((sys.executable, "-c", _PEER, "97"))
    time.sleep(0.5)  # who is there first says the tempo
    _, link = choosing("link")
    try:
        assert wait_until(lambda: link.status().peers == 1)
        assert wait_until(lambda: (beat := link.beat(0.0)) is not None and round(beat.bpm, 3) == 97.0)
    finally:
        link.close()
        peer.kill()
        peer.wait()


def test_what_it_says_to_install_is_what_the_extra_asks_for() -> None:
    assert "aalink>=0.2.3" in link_clock._ABSENT
