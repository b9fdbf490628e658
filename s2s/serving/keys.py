"""Which tokens open a listener, and how far: to do all, or to look. Pure; any thread.

Renewing them shuts everybody else out. Who may look without being able to set anything is decided anew at each request.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

_TOKEN_BYTES: Final = 24
_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST: Final = 256


class Role(StrEnum):
    """What somebody may do who is let in."""

    FULL = "full"
    READ = "read"


class View(StrEnum):
    """Who may look at a page without being able to set anything: nobody, anybody, or who has the token for it."""

    NONE = "none"
    OPEN = "open"
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Key:
    """What somebody was let in by; `token` is None where none was asked for."""

    role: Role = Role.FULL
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Two secrets, never shown by accident: `full` opens everything, `read` the view of those who only look."""

    full: str = field(repr=False)
    read: str = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return two that nobody guesses: 192 bits of the system's randomness each."""
        return cls(new_token(), new_token())


def new_token() -> str:
    """Return a token of 32 letters that can stand in an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Return whether `text` can be a token that was made here: long enough, of the letters of an address."""
    return len(new_token()) <= len(text) <= _LONGEST and _LETTERS.issuperset(text)


def same(offered: str, expected: str) -> bool:
    """Compare two secrets in a time that tells nothing of either."""
    return hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), expected.encode())


class Keyring:
    """The tokens of one listener as they are now. `view` tells, at each request, whether there is a view to look at."""

    def __init__(self, tokens: Tokens, view: Callable[[], View] = lambda: View.NONE) -> None:
        self._tokens = tokens
        self._view = view

    @property
    def tokens(self) -> Tokens:
        """The tokens that count now; replaced whole."""
        return self._tokens

    @property
    def view(self) -> View:
        """Who may look now."""
        return self._view()

    def replace(self, tokens: Tokens) -> None:
        """Let nobody in any more by what was valid before."""
        self._tokens = tokens

    def admit(self, offered: Iterable[str], *, watches: bool = False) -> Key | None:
        """Return how far the best of the tokens `offered` opens, None where nobody is let in by them.

        Who only `watches` how it is needs no view: a monitor is not to be shut out by whoever decides about that.
        """
        tokens, view = self._tokens, self._view()
        found: Key | None = Key(Role.READ) if view is View.OPEN else None
        for token in offered:
            if same(token, tokens.full):
                return Key(Role.FULL, token)
            if (watches or view is not View.NONE) and same(token, tokens.read):
                found = Key(Role.READ, token)
        return found
