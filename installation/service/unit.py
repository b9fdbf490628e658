"""The text of a systemd unit that runs the show and starts it again for ever. Pure; systemd.unit(5), .service(5),
.exec(5).

What is fenced off is what neither Python, nor a graphics driver, nor a sound server, nor torch needs. Left out on
purpose: `MemoryDenyWriteExecute`, for software OpenGL and torch write code as they run; and `PrivateDevices`,
`DeviceAllow` and `ProtectClock` (which brings a `DeviceAllow`), for the show wants its graphics card, sound cards and
controllers, whatever their drivers call them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.service.limits import LIMITS, RESTART_CODE

NAME: Final = "sound-to-scene.service"
_STEPS_SINCE: Final = 254
"""The version of systemd that lengthens the pause between restarts by itself."""

_ALWAYS: Final = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
    "UMask=0077",
)
"""Fences that a user may put up, without a word of root."""

_BY_ROOT: Final = (
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "BindReadOnlyPaths=-/tmp/.X11-unix",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectProc=invisible",
    "RemoveIPC=no",
)
"""Fences that need a mount of the service's own, which the manager of a user cannot have on every system.

A private /tmp would hide the window server's socket, so that is let in again.
"""


@dataclass(frozen=True, slots=True)
class Service:
    """What is to be run: the Python and the `run_show.py` of the program, with `arguments`, in `folder`. Written to may
    be `venue` and `writable`. `user` is None for a unit of a user's own manager. `needs_screen` says that the show
    waits for a graphical session; `systemd` is the version that will read it.
    """

    python: Path
    program: Path
    arguments: tuple[str, ...]
    folder: Path
    venue: Path
    writable: tuple[Path, ...] = ()
    user: str | None = None
    user_id: int = 0
    needs_screen: bool = True
    systemd: int = 0


def unit_text(service: Service) -> str:
    """Return the unit."""
    is_system = service.user is not None
    target = "multi-user.target" if is_system else "default.target"
    if service.needs_screen:
        target = "graphical.target" if is_system else "graphical-session.target"
    sections = {
        "Unit": [
            "Description=Sound becomes a scene: the show",
            "Documentation=file:"
            + _specifiers(str(service.program.parent / "installation" / "manual" / "unattended.md")),
            "After=" + " ".join(["network.target", "sound.target", *_after(service)]),
            *([f"RequiresMountsFor={word(str(service.venue))}"] if is_system else []),
            *(["PartOf=graphical-session.target"] if service.needs_screen and not is_system else []),
            "StartLimitIntervalSec=0  # it is never given up: how often it starts is bounded below",
        ],
        "Service": [*_run(service), *_restart(service), *_fences(service)],
        "Install": [f"WantedBy={target}"],
    }
    lines = [line for title, rows in sections.items() for line in (f"[{title}]", *rows, "")]
    return "".join(f"{line}\n" for line in _without_remarks(lines)).rstrip("\n") + "\n"


def word(text: str, *, command: bool = False) -> str:
    """Return `text` as one word of a unit, whatever stands in it; a `command`'s words know variables, too."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    quoted = _specifiers(quoted)
    return '"' + (quoted.replace("$", "$$") if command else quoted) + '"'


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _after(service: Service) -> list[str]:
    if not service.needs_screen:
        return []
    return ["graphical-session.target"] if service.user is None else ["display-manager.service"]


def _run(service: Service) -> list[str]:
    command = [str(service.python), str(service.program), *service.arguments]
    rows = [
        "Type=notify",
        "NotifyAccess=main",
        "ExecStart=" + " ".join(word(text, command=True) for text in command),
        f"WorkingDirectory={_specifiers(str(service.folder))}",
        "Environment=PYTHONUNBUFFERED=1",
        "SyslogIdentifier=sound-to-scene",
    ]
    if service.user is None:
        return rows
    rows += [f"User={service.user}", "SupplementaryGroups=audio video"]
    rows += [f"Environment=XDG_RUNTIME_DIR=/run/user/{service.user_id}"]
    rows += ["Environment=XDG_CACHE_HOME=/var/cache/sound-to-scene", "CacheDirectory=sound-to-scene"]
    return rows + (["Environment=DISPLAY=:0"] if service.needs_screen else [])


def _restart(service: Service) -> list[str]:
    first_s, *_, last_s = LIMITS.waits_s
    steps = [f"RestartSteps={len(LIMITS.waits_s)}", f"RestartMaxDelaySec={last_s:g}"]
    return [
        f"WatchdogSec={LIMITS.hang_s:g}",
        "WatchdogSignal=SIGKILL",
        "Restart=always",
        f"RestartSec={first_s if service.systemd >= _STEPS_SINCE else 3:g}",
        *(steps if service.systemd >= _STEPS_SINCE else []),
        f"SuccessExitStatus={RESTART_CODE}",
        f"RestartForceExitStatus={RESTART_CODE}",
        f"TimeoutStartSec={LIMITS.start_s:g}",
        f"TimeoutStopSec={LIMITS.stop_s:g}",
        "KillMode=mixed",
        "OOMPolicy=continue",
        "LimitCORE=0",
    ]


def _fences(service: Service) -> Sequence[str]:
    if service.user is None:
        return _ALWAYS
    writable = " ".join(word(f"-{path}") for path in (service.venue, *service.writable))
    return [*_ALWAYS, *_BY_ROOT, f"ReadWritePaths={writable}"]


def _without_remarks(lines: Sequence[str]) -> list[str]:
    """Put a remark behind a line on a line of its own: systemd would take it for a part of the value."""
    found = []
    for line in lines:
        value, mark, remark = line.partition("  # ")
        found += [f"# {remark}", value] if mark and "ExecStart" not in line else [line]
    return found
