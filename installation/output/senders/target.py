"""What stands after `--send`: a kind of receiver and where it is. Pure; nothing is opened.

`ndi:NAME`, `v4l2:/dev/video9`, `srt://HOST:PORT`, … An address may hold a secret (a stream's key, a pass phrase): it is
for the connection alone, and everything that is shown or logged says `name`.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from installation.exit_codes import ExitCode
from s2s.files.quote import one_line

NAMED: Final = ("ndi", "spout", "syphon")
"""Kinds that announce a name; without one they take the program's."""
ADDRESSED: Final = ("srt", "rtmp", "rtmps", "udp")
"""Kinds that are an address in the network."""
SRT_OPTIONS: Final = ("latency", "passphrase", "pbkeylen", "streamid")
OWN_NAME: Final = "Sound to Scene"

_FORMS: Final = (
    "ndi:NAME, spout:NAME, syphon:NAME, v4l2:/dev/videoN, camera[:NAME], srt://HOST:PORT, rtmp://HOST/APP/KEY, "
    "udp://HOST:PORT"
)


class TargetError(ValueError):
    """Nothing that a picture could be sent to; one line, and never the secret in it."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Target:
    """Where pictures go: `address` is a name, a device's path or a whole URL; `name` is what may be shown."""

    kind: str
    address: str = field(repr=False)
    name: str


def parse_target(text: str) -> Target:
    """Return what `text` names. Raises TargetError."""
    kind, colon, rest = text.partition(":")
    kind = kind.lower()
    if not text.isprintable():
        raise TargetError(f"--send takes printable text: {_FORMS}")
    if kind in NAMED:
        return Target(kind, rest or OWN_NAME, f"{kind}:{rest or OWN_NAME}")
    if kind == "camera":
        return Target(kind, rest, f"camera:{rest}" if rest else "camera")
    if kind == "v4l2":
        if not rest.startswith("/dev/"):
            raise TargetError(f"v4l2 wants the loop-back's device, as v4l2:/dev/video9; got {one_line(rest)!r}")
        return Target(kind, rest, f"v4l2:{rest}")
    if kind in ADDRESSED and colon and rest.startswith("//"):
        return _network(kind, text)
    raise TargetError(f"--send takes {_FORMS}; got {one_line(kind)!r}")


def parse_targets(texts: tuple[str, ...]) -> tuple[Target, ...]:
    """Return all of them, each under a name of its own. Raises TargetError, also where one is named twice."""
    targets: list[Target] = []
    for text in texts:
        target = parse_target(text)
        if any(other.address == target.address and other.kind == target.kind for other in targets):
            raise TargetError(f"--send {target.name} is there twice")
        alike = sum(other.name.partition(" ")[0] == target.name for other in targets)
        name = f"{target.name} ({alike + 1})" if alike else target.name
        targets.append(Target(target.kind, target.address, name))
    return tuple(targets)


def _network(kind: str, text: str) -> Target:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or (port is None and kind in ("srt", "udp")):
        raise TargetError(f"{kind} wants {kind}://HOST:PORT")
    if kind.startswith("rtmp") and not parts.path.strip("/"):
        raise TargetError(f"{kind} wants {kind}://HOST/APP/KEY")
    if kind == "srt":
        strangers = [key for key, _ in parse_qsl(parts.query) if key not in SRT_OPTIONS]
        if strangers:
            raise TargetError(f"srt takes the options {', '.join(SRT_OPTIONS)}; got {one_line(strangers[0])!r}")
    shown_host = f"[{host}]" if ":" in host else host
    return Target(kind, text, f"{kind}://{shown_host}" + (f":{port}" if port is not None else ""))
