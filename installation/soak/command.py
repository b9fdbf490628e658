"""`--soak HOURS`: from the command line to the exit code. What it makes lies in one folder and is told at the end."""

import argparse
import json
import logging
import os
import platform
import signal
import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from installation.exit_codes import ExitCode
from installation.main import arguments_of, exit_code_of
from installation.options import ShowConfig, resolve
from installation.product import product_line
from installation.soak.driving import Driver, Soak
from installation.soak.page import page
from installation.soak.plan import plan
from installation.soak.record import Record
from installation.soak.stage import SECOND_MODEL, Stage
from s2s.files.atomic_write import write_text
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

FAULT_EVERY_S: Final = 300.0


def soak(parsed: argparse.Namespace) -> int:
    """Run a soak of `parsed.soak` hours; write its JSON and its page; return 0, or 1 where a figure failed."""
    try:
        return _soak(parsed, resolve(arguments_of(parsed)))
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            raise
        log.error("%s", one_line(error, 400))
        return code


def _soak(parsed: argparse.Namespace, config: ShowConfig) -> int:
    report = _report_path(parsed.report)
    folder = report.with_suffix("")
    duration_s = 3600.0 * parsed.soak
    ports = _free_udp_ports(2)
    stage = Stage.build(folder.absolute(), config.model, ports[0])
    fault_every_s = min(FAULT_EVERY_S, duration_s / 6)
    deeds = plan(parsed.seed, duration_s, stage.presets, ("default", SECOND_MODEL), fault_every_s)
    driver = Driver(
        Soak(child_arguments(parsed, stage, ports[1]), stage, ports[1], duration_s, deeds), Record(_facts(parsed))
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: driver.stop())
    log.info("soaking for %g h in %s; %d deeds", parsed.soak, folder, len(deeds))
    record = driver.run()
    return conclude(record, report)


def conclude(record: Record, report: Path) -> int:
    """Write what was found, say where, and return the exit code."""
    document = record.as_document()
    write_text(report, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    write_text(report.with_suffix(".html"), page(record))
    for line in document["failures"]:
        log.error("%s", line)
    log.info("%s; the page: %s", "it failed" if document["failures"] else "nothing failed", report.with_suffix(".html"))
    return ExitCode.UNEXPECTED if document["failures"] else ExitCode.OK


def child_arguments(parsed: argparse.Namespace, stage: Stage, osc_port: int) -> list[str]:
    """Return the arguments of the show that is soaked: those that were given, on the soak's own venue and ports."""
    output = "headless" if parsed.output == "auto" else parsed.output
    given: dict[str, Any] = {
        "--preset": parsed.preset,
        "--model": None if parsed.model is None else Path(parsed.model).absolute(),
        "--size": None if parsed.size is None else "{}x{}".format(*parsed.size),
        "--fps": parsed.fps,
        "--seed": parsed.seed,
        "--output": output,
        "--midi": parsed.midi,
        "--venue": stage.venue,
        "--osc-port": osc_port,
        "--page": "127.0.0.1:0",
        "--oscquery": "127.0.0.1:0",
    }
    return [text for name, value in given.items() if value is not None for text in (name, str(value))]


def _report_path(given: Path | None) -> Path:
    path = given if given is not None else Path(f"soak-{datetime.now():%Y-%m-%d-%H%M%S}.json")
    return path if path.suffix == ".json" else path.with_name(path.name + ".json")


def _facts(parsed: argparse.Namespace) -> dict[str, Any]:
    return {
        "product": product_line(),
        "began": datetime.now().astimezone().isoformat(timespec="seconds"),
        "hours_wanted": parsed.soak,
        "seed": parsed.seed,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load_at_start": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def _free_udp_ports(count: int) -> Sequence[int]:
    probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
