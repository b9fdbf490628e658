#!/usr/bin/env python
"""Run the installation: sound in, scenes out. Arguments, logging and the exit code; the show is in `installation`."""

import argparse
import logging
import sys
from pathlib import Path


def main() -> int:
    """Run one show; return the exit code that the contract names."""
    parser = build_parser()
    parsed = parser.parse_args()
    if parsed.supervise:
        return supervise(parser, parsed)
    # Imported here: a worker process that is spawned imports this file again and needs none of it.
    from installation.hosting import LOG_FORMAT
    from installation.main import run

    logging.basicConfig(level=logging.DEBUG if parsed.verbose else logging.INFO, format=LOG_FORMAT)
    if parsed.soak is not None:
        from installation.soak.command import soak

        return soak(parsed)
    return run(parsed)


def supervise(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> int:
    """Start this program again and again; return the exit code of its last show. Small, for it stays for weeks."""
    from installation.service.parent import supervise
    from installation.service.words import arguments_of_show, deed_of

    try:
        deed_of(parsed)
    except ValueError as error:
        parser.error(str(error))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s parent %(levelname)s %(message)s")
    return supervise(arguments_of_show(sys.argv[1:]), str(Path(__file__).absolute()))


def build_parser() -> argparse.ArgumentParser:
    """Return the command line; one option a line, in the order of use."""
    parser = argparse.ArgumentParser(prog="run_show.py", description="Sound becomes a scene, live.")
    add = parser.add_argument
    add("--preset", default="gallery", metavar="NAME|PATH", help="a file of presets/ or a path (default: gallery)")
    add("--source", metavar="SOURCE", help="mic | mic:NAME[:left|:right] | osc | osc:PORT | file:PATH | demo")
    add("--model", type=Path, metavar="DIR", help="a model bundle (default: the preset's, else s2s/pretrained)")
    add("--output", default="auto", metavar="OUTPUT", help="auto | window | window:N | headless (default: auto)")
    add("--size", type=_size, metavar="WxH", help="pixels of the window or the headless picture")
    add("--fps", type=_fps, metavar="N", help="pictures shown a second (default: the display's)")
    add("--duration", type=_positive, metavar="SECONDS", help="end after so long")
    add("--seed", type=int, default=0, help="fixes everything random (default: 0)")
    add("--record", type=Path, metavar="PATH.mp4", help="record what is shown, with its sound")
    add("--render", type=Path, metavar="PATH.mp4", help="offline: every frame of a file source, deterministic")
    add(
        "--session",
        type=Path,
        metavar="FOLDER",
        help="with --render: a logged session again, at any --size and --fps",
    )
    add("--log", type=Path, metavar="FOLDER", help="log the session, without its sound, to render it again")
    add("--log-sound", action="store_true", help="with --log: keep the sound as well, where that is allowed")
    add("--log-keep", type=_positive, metavar="DAYS", help="with --log: delete sessions there that are older")
    add(
        "--send",
        action="append",
        default=[],
        metavar="KIND:WHERE",
        help="the picture to another program: ndi:NAME | spout:NAME | syphon:NAME | v4l2:/dev/videoN | camera[:NAME] | "
        "srt://HOST:PORT | rtmp://HOST/APP/KEY | udp://HOST:PORT; may be given several times",
    )
    add("--snapshot", type=Path, metavar="PATH.png", help="save the last picture at the end")
    add("--report", type=Path, metavar="PATH.json", help="write the run's summary at the end")
    add(
        "--osc-port",
        type=_osc_port,
        default=("127.0.0.1", 9000),
        metavar="N|HOST:PORT",
        help="control over OSC, UDP and TCP (default: 9000, for this machine alone; 0.0.0.0:9000 for all)",
    )
    add(
        "--page",
        type=_address,
        default=("127.0.0.1", 8080),
        metavar="HOST:PORT",
        help="the operator page; elsewhere than on 127.0.0.1 it asks for a token",
    )
    add("--no-page", dest="page", action="store_const", const=None, help="serve no operator page")
    add(
        "--oscquery",
        type=_address_or_none,
        default=("127.0.0.1", 9002),
        metavar="HOST:PORT|none",
        help="what there is to control, for whoever asks, and announced in the network; as --page elsewhere",
    )
    add("--midi", metavar="NAME|auto|none", help="the controller (default: the preset's)")
    add(
        "--venue",
        type=Path,
        metavar="DIR",
        help="where this place keeps presets, shaders, cues, hours, controllers, pictures and films",
    )
    add("--no-logs", dest="logs", action="store_false", help="keep neither log nor events in the venue's folder")
    add("--keep-films", type=_positive, metavar="DAYS", help="delete the venue's films and pictures that are older")
    add("--list-devices", action="store_true", help="list microphones, MIDI ports and displays, then end")
    add("--dry-run", action="store_true", help="print the resolved configuration as YAML, then end")
    add("--version", action="store_true", help="print version and revision, then end")
    add("--diagnose", action="store_true", help="print what a bug report needs, then end")
    add(
        "--calibrate",
        type=_clicks,
        nargs="?",
        const=30,
        metavar="CLICKS",
        help="play clicks, listen, flash; print how late the picture is and what delay to set, then end (default: 30)",
    )
    add("--room-late", type=_positive, metavar="MS", help="with --calibrate: the audience hears later than the source")
    add("--screen-late", type=_positive, metavar="MS", help="with --calibrate: the screen shows later, as a camera saw")
    add("--apply", action="store_true", help="with --calibrate: write the delay into the preset's file")
    add(
        "--soak",
        type=_positive,
        metavar="HOURS",
        help="drive the show for so long with all that changes and breaks; a page says what became of its figures",
    )
    add(
        "--check",
        type=_positive,
        nargs="?",
        const=20.0,
        metavar="SECONDS",
        help="say within so long (default: 20) whether all is there that this show needs; exit code 0 or 1",
    )
    add("--supervise", action="store_true", help="start the show again for ever, where there is no systemd to do so")
    add(
        "--resume", dest="resume", action="store_true", default=None, help="begin with what was shown last, and keep it"
    )
    add("--fresh", dest="resume", action="store_false", help="begin as the preset says, also as a service")
    add("--install-service", action="store_true", help="run the show with these arguments from now on, by systemd")
    add("--uninstall-service", action="store_true", help="take that service away again")
    add("--user", action="store_true", help="with these two: the service of whoever calls (default, but for root)")
    add("--system", action="store_true", help="with these two: a service of the whole machine (default for root)")
    add("--update", type=Path, metavar="DIR", help="try the version in DIR, switch to it, restart the service")
    add("--rollback", action="store_true", help="back to the version before")
    add("--verbose", action="store_true", help="log everything")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, times, height = text.lower().partition("x")
    if times and width.isdecimal() and height.isdecimal() and int(width) > 0 and int(height) > 0:
        return int(width), int(height)
    raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 1280x720, got {text!r}")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if 0.0 < value < float("inf"):
        return value
    raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")


def _fps(text: str) -> float:
    if (value := _positive(text)) <= 1_000.0:  # as many as a session log takes
        return value
    raise argparse.ArgumentTypeError(f"expected a number above 0 and up to 1000, got {text!r}")


def _clicks(text: str) -> int:
    if text.isdecimal() and 8 <= int(text) <= 200:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected 8 to 200 clicks, got {text!r}")


def _osc_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if port.isdecimal() and int(port) < 65_536 and bool(host) is bool(colon):
        return host.strip("[]") or "127.0.0.1", int(port)
    raise argparse.ArgumentTypeError(f"expected a port such as 9000, or HOST:PORT such as 0.0.0.0:9000, got {text!r}")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if port.isdecimal() and int(port) < 65_536:
        return host.strip("[]") or "127.0.0.1", int(port)
    raise argparse.ArgumentTypeError(f"expected HOST:PORT such as 127.0.0.1:8080, got {text!r}")


def _address_or_none(text: str) -> tuple[str, int] | None:
    return None if text == "none" else _address(text)


if __name__ == "__main__":
    sys.exit(main())
