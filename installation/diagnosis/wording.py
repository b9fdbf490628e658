"""What was found in words: sections of a page, a processor's instruction sets, errors without names. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

INSTRUCTION_SETS: Final = (
    *("sse4_2", "avx", "fma", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16"),
    *("avx512_fp16", "amx_tile", "amx_int8", "amx_bf16"),  # x86-64
    *("asimd", "asimdhp", "asimddp", "bf16", "i8mm", "sve", "sve2"),  # aarch64
)
"""Those that decide which kernels the networks run on, as `/proc/cpuinfo` calls them."""

_MOST_LINES: Final = 12
_MOST_LETTERS: Final = 200
_ADDRESS: Final = re.compile(r"/(?:audio|latent|render|show|stream|subscribe)\b[\w/]*")
_QUOTED: Final = re.compile(r"'[^'\n]*[/\\.][^'\n]*'|\"[^\"\n]*[/\\.][^\"\n]*\"")
_PATH: Final = re.compile(r"(?<![\w/])~?/[^:'\"\n]*\.\w{1,11}\b|(?<!\w)[~\w.-]*/[^\s:'\",;)]*")
_FILE: Final = re.compile(
    r"[^\s'\",:;(]+\.(?:ya?ml|json|png|jpe?g|heic|wav|mp[34]|m4a|flac|ogg|opus|aac|mkv|mov|webm|safetensors|glsl|pt|pth)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that was looked at: its title and what was found, a line each."""

    title: str
    lines: tuple[str, ...]


def page(sections: Iterable[Section]) -> str:
    """Return the sections as plain text; long lists end in how many more there are."""
    return "\n".join(line for section in sections for line in (f"{section.title}:", *_indented(section.lines))) + "\n"


def _indented(lines: Sequence[str]) -> list[str]:
    shown = [f"  {line if len(line) <= _MOST_LETTERS else line[:_MOST_LETTERS] + '…'}" for line in lines[:_MOST_LINES]]
    left_out = len(lines) - len(shown)
    return (shown or ["  none"]) + ([f"  and {left_out} more"] if left_out else [])


def without_names(text: str, private: Mapping[str, str]) -> str:
    """Return `text` with each private word (a user's, a machine's) replaced by what it stands for."""
    for word, meaning in sorted(private.items(), key=lambda pair: -len(pair[0])):
        if len(word) > 1:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", meaning, text, flags=re.IGNORECASE)
    return text


def without_files(text: str) -> str:
    """Return one line of an error with paths and file names taken out; OSC addresses stay."""
    addresses: list[str] = []

    def keep(match: re.Match[str]) -> str:
        addresses.append(match[0])
        return f"\0{len(addresses) - 1}\0"

    text = _ADDRESS.sub(keep, " ".join(text.split()))
    for pattern in (_QUOTED, _PATH, _FILE):
        text = pattern.sub("<file>", text)
    return re.sub("\0(\\d+)\0", lambda match: addresses[int(match[1])], text)


def processor(cpuinfo: str) -> tuple[str, list[str]]:
    """Return the model's name and the known instruction sets of the first processor of a `/proc/cpuinfo`."""
    rows = [(key.strip().lower(), value.strip()) for key, _, value in (r.partition(":") for r in cpuinfo.splitlines())]
    fields = dict(reversed(rows))  # the first processor's rows win
    known = set(fields.get("flags", fields.get("features", "")).split())
    part = (
        f"implementer {fields['cpu implementer']}, part {fields.get('cpu part')}" if "cpu implementer" in fields else ""
    )
    return fields.get("model name") or part or "unknown", [name for name in INSTRUCTION_SETS if name in known]


def locked_versions(lock: str) -> dict[str, str]:
    """Return `{name: version}` of a lock's text."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", lock, re.MULTILINE))


def package_lines(installed: Mapping[str, str | None], locked: Mapping[str, str], per_line: int = 6) -> list[str]:
    """Return the packages' versions, several a line; what differs from the lock is said."""
    packages = []
    for name, version in installed.items():
        expected = locked.get(name)
        differs = f" (locked: {expected})" if expected is not None and version != expected else ""
        packages.append(f"{name} {version or 'missing'}{differs}")
    return [", ".join(packages[at : at + per_line]) for at in range(0, len(packages), per_line)]


def report_lines(report: Mapping[str, object]) -> list[str]:
    """Return how a run ended and what its report calls errors."""
    listed = report.get("errors")
    errors = [str(error) for error in listed] if isinstance(listed, list) else []
    ending = f"exit code {report.get('exit_code')}, {report.get('restarts') or 0} restarts, {len(errors)} errors"
    return [without_files(line) for line in (ending, *errors)]
