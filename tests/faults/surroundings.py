"""What goes wrong around a show: its disk, its ports, its display, its clock, its files, where it prints to."""

import resource
import socket
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pythonosc.udp_client import SimpleUDPClient

from tests.display import VirtualDisplay
from tests.faults.watched_show import Measured, WatchedShow, fault
from tests.faults.workers import DEMO, FAULTY
from tests.show_runner import ROOT, ShowRun

NARROW: Final = "tests/faults/narrow.py"


def full_disk_while_recording(folder: Path, model: Path) -> Measured:
    """Record on a disk that takes no more, then on one that does."""
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show:
        show.wait_until_well()
        show.put("/show/record", True)
        films = folder / "venue" / "films"
        show.wait_until(lambda: any(film.stat().st_size > 20_000 for film in films.glob("*.mp4*")))
        with fault(show) as one:
            size = max(film.stat().st_size for film in films.glob("*.mp4*")) + 30_000
            unlimited = resource.prlimit(show.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            one.said("recording stopped")
            resource.prlimit(show.pid, resource.RLIMIT_FSIZE, unlimited)
            show.put("/show/record", False)
            time.sleep(0.5)
            one.cured()
            show.put("/show/record", True)
            measured = one.recovered()
        show.put("/show/record", False)
        show.end()
    return measured


def osc_port_taken(folder: Path, model: Path) -> Measured:
    """Let another program have the port of OSC, and give it up later."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        with WatchedShow(folder, *DEMO, "--model", str(model), osc_port=taken) as show:
            _at, words = show.wait_for_reason("cannot receive OSC")
            show.wait_until(lambda: len(show.seen.pictures) > 20)
            other.close()
            cured_at = time.monotonic()
            well_at = show.wait_until_well(cured_at)
            black_s = show.seen.longest_without_a_picture_s(show.seen.pictures[0], well_at)
            show.end()
    return Measured(black_s, well_at - cured_at, words)


def preset_refused(folder: Path, model: Path) -> Measured:
    """Ask for a preset that is wrong; mend it and ask for it again."""
    presets = folder / "venue" / "presets"
    presets.mkdir(parents=True)
    good = (ROOT / "presets" / "gallery.yaml").read_text().replace("name: Gallery", "name: Mended")
    preset = presets / "mended.yaml"
    preset.write_text(good + "\nnonsense: 1\n")
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show, closing(_osc(show)) as osc:
        with fault(show) as one:
            osc.send_message("/show/preset", "mended")
            one.said("nonsense")
            preset.write_text(good)
            one.cured()
            osc.send_message("/show/preset", "mended")
            show.wait_for("preset: Mended")
            measured = one.recovered()
        show.end()
    return measured


def image_that_cannot_be_used(folder: Path, model: Path) -> Measured:
    """Go to a preset whose image is none; then to one without."""
    presets = folder / "venue" / "presets"
    presets.mkdir(parents=True)
    (presets / "picture.png").write_bytes(b"no picture")
    text = (ROOT / "presets" / "rehearsal.yaml").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("name:", "image:")))
    (presets / "framed.yaml").write_text(f"name: Framed\nimage: picture.png\n{text}\n")
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show, closing(_osc(show)) as osc:
        with fault(show) as one:
            osc.send_message("/show/preset", "framed")
            one.said("image: ")
            one.cured()
            osc.send_message("/show/preset", "rehearsal")
            measured = one.recovered()
        show.end()
    return measured


def clock_set(folder: Path, model: Path) -> Measured:
    """Set the clock on the wall ten years ahead, and then to 1990."""
    with WatchedShow(folder, *DEMO, "--model", str(model), program=FAULTY) as show:
        with fault(show) as one:
            for years in (10, -36):
                (folder / "clock").write_text(str(years * 31_557_600))
                time.sleep(6.0)
            (folder / "clock").unlink()
            one.cured()
            measured = one.recovered()
            assert {how for at, how, _ in show.seen.conditions if at >= one.began_at} == {"ok"}
        show.end()
        assert show.report()["display"]["interval_ms"]["max"] < 6_000.0 and show.report()["restarts"] == 0
    return Measured(measured.black_s, 0.0, "none: nothing depends on it")


def output_closed(folder: Path, model: Path) -> Measured:
    """Let nobody read what the show prints any more, and give it much to say."""
    with WatchedShow(folder, *DEMO, "--model", str(model), "--verbose") as show, closing(_osc(show)) as osc:
        with fault(show) as one:
            show.hang_up()
            for number in range(50):
                osc.send_message("/show/nonsense", number)
                show.put("/render/bloom", number / 50)
            show.worker("capture").kill()
            show.wait_for_reason("capture ended without a word")
            time.sleep(1.0)
            one.cured()
            measured = one.recovered()
        show.end()
        assert show.report()["restarts"] == 1
    return Measured(measured.black_s, measured.recovered_s, "none: there is nobody to read it; the page goes on")


def nowhere_temporary(folder: Path, model: Path) -> Measured:
    """Start where no folder for temporary files can be written."""
    program = (NARROW, "/tmp=ro", "/var/tmp=ro", f"{ROOT}=ro", f"{folder}=rw", f"{folder}/tmp=ro", "--")
    with WatchedShow(folder, *DEMO, "--model", str(model), program=program) as show:
        show.wait_until_well()
        well_at = time.monotonic()
        show.wait_until(lambda: len(show.seen.pictures) > 20)
        black_s = show.seen.longest_without_a_picture_s(well_at, time.monotonic())
        show.end()
    return Measured(black_s, 0.0, "none: nothing depends on it")


def shared_memory_full(folder: Path, model: Path) -> Measured:
    """Start where there is too little shared memory, and then where there is enough."""
    words = ""
    arguments = ("--output", "headless", *DEMO, "--model", str(model), "--venue", str(folder / "venue"))
    with ShowRun(folder, *arguments, program=(NARROW, "/dev/shm=1", "--")) as show:
        assert show.wait() == 6, show.log
        assert "Traceback" not in show.log
        words = next(line.partition(": ")[2].strip() for line in show.lines if "shared memory" in line)
    began = time.monotonic()
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show:
        well_at = show.wait_until_well()
        show.end()
    return Measured(None, well_at - began, f"exit code 6: {words}")


def display_gone_and_back(folder: Path, model: Path) -> Measured:
    """Kill the window server; start it again."""
    with VirtualDisplay((320, 180)) as first:
        number = first.name
        environment = {"DISPLAY": number}
        with WatchedShow(folder, *DEMO, "--model", str(model), environment=environment, output="auto") as show:
            show.wait_until_well()
            began = time.monotonic()
            first.kill()
            show.wait_for("the display has gone")
            show.wait_until(lambda: show.log.count("operator page at") == 2)
            show.wait_until_well(time.monotonic())
            with DisplayAgain(number) as second:
                cured = time.monotonic()
                show.wait_until(lambda: _is_lit(second, folder))
                recovered = time.monotonic()
                show.wait_until(lambda: show.log.count("operator page at") == 3)
                show.wait_until_well(recovered)
                black_s = show.seen.longest_without_a_picture_s(began, time.monotonic())
                show.end()
    return Measured(
        black_s, recovered - cured, "log: the display has gone: the show goes on without one, and looks for it"
    )


class DisplayAgain(VirtualDisplay):
    """A window server at a number that is known."""

    def __init__(self, name: str) -> None:
        super().__init__((320, 180))
        self._wanted = name

    def _command(self, descriptor: int) -> list[str]:
        command = super()._command(descriptor)
        return [command[0], self._wanted, *command[1:]]


def _is_lit(display: VirtualDisplay, folder: Path) -> bool:
    """Return whether the display shows more than nothing. Asking takes a while."""
    return float(display.screenshot(folder / "screen.png").mean()) > 3.0


def restarted_at_night(folder: Path, model: Path) -> Measured:
    """Let the venue's hours restart the show a few seconds from now, while it is open."""
    (folder / "venue").mkdir()
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show:
        show.wait_until_well()
        show.put("/render/bloom", 0.37)
        show.put("/show/preset", "performance")
        show.wait_for("preset: Performance")
        show.put("/render/grain", 0.21)
        at = datetime.now(UTC) + timedelta(seconds=6)
        hours = "timezone: UTC\nfade: 1\nhours: {daily: all day}\n"
        (folder / "venue" / "schedule.yaml").write_text(f'{hours}restart: "{at:%H:%M:%S}"\n')
        show.wait_for("the show starts itself again")
        began = time.monotonic()
        show.wait_until(lambda: show.log.count("operator page at") == 2)
        well_at = show.wait_until_well(time.monotonic())
        assert abs(show.get("/render/grain") - 0.21) < 1e-6 and show.get("/show/preset") == "performance"
        show.wait_until(lambda: float(show.get("/show/light")) == 1.0)
        assert not (folder / "venue" / "handover.json").exists()
        black_s = show.seen.longest_without_a_picture_s(began - 2.0, well_at)
        show.end()
    return Measured(black_s, well_at - began, "log: the show starts itself again: the time that schedule.yaml says")


def _osc(show: WatchedShow) -> "_Client":
    return _Client("127.0.0.1", show.osc_port)


class _Client(SimpleUDPClient):
    """A client whose socket can be closed."""

    def close(self) -> None:
        self._sock.close()
