"""Valid bytes, damaged in the ways that find faults: bits, numbers at their limits, pieces lost or doubled. Pure."""

import random
import re
from collections.abc import Sequence
from typing import Final

_MOST_STEPS: Final = 6
_LONGEST: Final = 65_536
_NUMBERS: Final = (0, 1, -1, 2, 3, 16, 64, 127, 128, 255, 256, 32_767, 32_768, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
_WRITTEN: Final = re.compile(rb"-?\d+(?:\.\d+)?")
_WRITTEN_NUMBERS: Final = (
    *(b"0", b"-1", b"1e308", b"-1e308", b"1e-320", b"1e999", b"NaN", b"Infinity", b".nan", b"-.inf", b"0x7f", b"1_0"),
    *(b"9" * 25, b"9" * 41, b"9" * 400, b"2147483648", b"18446744073709551616", b"1.5", b"true", b"null", b"12:30:45"),
)
_WORDS: Final = (
    *(b"\0", b"\n", b"\r\n", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"../", b"%s%n", b"{}", b"[]", b'"', b"'"),
    *(b"/etc/passwd", b"\\ud800", b"!!python/object/apply:os.system [true]", b"&a [*a]", b"<<: *a", b"*", b"#", b":"),
    *(b"[" * 40, b"{" * 40, b"a" * 300, b"\xf0\x9f\x8c\xa7" * 30, b"-" * 20, b"\x7f\x80", b"~", b"|", b">"),
)


def mutated(seeds: Sequence[bytes], rng: random.Random, words: Sequence[bytes] = ()) -> bytes:
    """Return one of `seeds` after one to six damages; `words` are what the format itself has."""
    case = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, _MOST_STEPS)):
        rng.choice(_STEPS)(case, rng, seeds, words)
    return bytes(case[:_LONGEST])


def _flip(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    if case:
        case[rng.randrange(len(case))] ^= 1 << rng.randrange(8)


def _set(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    if case:
        case[rng.randrange(len(case))] = rng.choice((0, 1, 0x20, 0x2F, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def _number(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    """Put a number at its limit where one of that many bytes may be."""
    size = rng.choice((1, 2, 4, 8))
    if len(case) >= size:
        at = rng.randrange(len(case) - size + 1)
        value = rng.choice(_NUMBERS) % (1 << 8 * size)
        case[at : at + size] = value.to_bytes(size, rng.choice(("big", "little")))


def _written_number(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    found = [match.span() for match in _WRITTEN.finditer(case, 0, 4_096)]
    if found:
        begin, end = rng.choice(found)
        case[begin:end] = rng.choice(_WRITTEN_NUMBERS)


def _cut(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    begin, end = _piece(case, rng)
    del case[begin:end]


def _end(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    if case:
        del case[rng.randrange(len(case)) :]


def _double(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    begin, end = _piece(case, rng)
    case[begin:begin] = case[begin:end] * rng.choice((1, 1, 2, 30))
    del case[_LONGEST:]


def _word(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    at = rng.randint(0, len(case))
    case[at : at + rng.choice((0, 0, 1, 4))] = rng.choice((*_WORDS, *words))


def _splice(case: bytearray, rng: random.Random, seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    other = rng.choice(seeds)
    begin, end = _piece(other, rng)
    at, until = _piece(case, rng)
    case[at:until] = other[begin:end]


def _noise(case: bytearray, rng: random.Random, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> None:
    at = rng.randint(0, len(case))
    case[at:at] = rng.randbytes(rng.randint(1, 16))


def _piece(of: Sequence[int], rng: random.Random) -> tuple[int, int]:
    begin = rng.randint(0, len(of))
    return begin, min(len(of), begin + rng.choice((1, 2, 4, 8, 32, 200)))


_STEPS: Final = (_flip, _set, _number, _written_number, _cut, _end, _double, _word, _word, _splice, _noise)
