"""The real show gives its picture to other programs, says what cannot be here, and goes on without it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.show_runner import ShowRun, free_udp_port

pytestmark = pytest.mark.proc

RECEIVE = """
import sys, av
with av.open(sys.argv[1], format="mpegts") as stream:
    kinds = set()
    for frame in stream.decode(video=0, audio=0):
        kinds.add(type(frame).__name__)
        if isinstance(frame, av.VideoFrame):
            size = (frame.width, frame.height)
        if len(kinds) == 2:
            break
    print(*size, *sorted(kinds))
"""


@pytest.mark.slow
def test_another_program_receives_picture_and_sound_and_what_is_not_there_is_said(
    tmp_path: Path, tiny_model: Path
) -> None:
    udp = f"udp://127.0.0.1:{free_udp_port()}"
    receiver = subprocess.Popen(
        [sys.executable, "-c", RECEIVE, f"{udp}?timeout=90000000"], stdout=subprocess.PIPE, text=True
    )
    arguments = ("--source", "demo", "--output", "headless", "--size", "160x90", "--fps", "10")
    sends = ("--send", udp, "--send", "v4l2:/dev/video77", "--send", "rtmp://127.0.0.1:1/app/tell-nobody")
    try:
        with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), *sends) as show:
            assert receiver.communicate(timeout=120.0)[0].split() == ["160", "90", "AudioFrame", "VideoFrame"]
            assert show.stop() == 0, show.log
            report, log = show.report(), show.log
    finally:
        receiver.kill()
    assert report["sinks"][udp]["sent"] > 0 and report["sinks"][udp]["problem"] == ""
    assert "sudo modprobe v4l2loopback video_nr=77" in report["sinks"]["v4l2:/dev/video77"]["problem"]
    assert "refused" in report["sinks"]["rtmp://127.0.0.1:1"]["problem"]
    assert log.count("v4l2:/dev/video77 takes no picture") == 1
    assert "tell-nobody" not in log + str(report)


def test_a_dry_run_says_which_programs_a_picture_could_go_to(tmp_path: Path) -> None:
    with ShowRun(tmp_path, "--source", "demo", "--dry-run", "--send", "rtmp://a.example/app/tell-nobody") as show:
        assert show.wait() == 0, show.log
        told = show.stdout()
    assert "send:\n- rtmp://a.example\n" in told and "tell-nobody" not in told
    assert "  udp: ready\n" in told and "  spout: is for Windows" in told
