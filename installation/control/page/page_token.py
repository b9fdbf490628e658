"""The operator page's tokens, and OSCQuery's: kept in the venue's folder, shown on a terminal, never in a log.

A log of a service is read by many and kept for long; a terminal is seen by who has just started the show. Where there
is none, the log says in which file the token lies, and who may read that file may have it.
"""

import io
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

from s2s.files.quote import one_line
from s2s.serving.keys import Keyring, Tokens, View
from s2s.serving.token_file import kept_tokens, write_tokens

_log = logging.getLogger(__name__)
_QR_BORDER: Final = 2


class PageToken:
    """`file` is where the tokens outlive a run, None where they do not; `view` says who may look, `what` they open, in
    words. Any thread but the show's: a disk may not answer.
    """

    def __init__(self, file: Path | None, view: Callable[[], View], what: str = "the operator page") -> None:
        self._file, self._what = file, what
        self._lock = threading.Lock()
        self._is_loaded = self.is_kept = False
        self.keys = Keyring(Tokens.new(), view)

    def load(self) -> None:
        """Let in by the tokens of the run before; where there was none, or no file can be written, new ones. Once."""
        with self._lock:
            if self._file is None or self._is_loaded:
                return
            self._is_loaded = True
            try:
                self.keys.replace(kept_tokens(self._file))
                self.is_kept = True
            except OSError as error:
                self._say_not_kept(error)

    def renew(self) -> Tokens:
        """Let nobody in any more by what counted before; return the new tokens."""
        with self._lock:
            tokens = Tokens.new()
            self.keys.replace(tokens)
            if self._file is not None:
                try:
                    write_tokens(self._file, tokens)
                    self.is_kept = True
                except OSError as error:
                    self.is_kept = False
                    self._say_not_kept(error)
        _log.warning("%s's token was changed; everybody else has to open the new address", self._what)
        return tokens

    def announce(self, addresses: Sequence[str], terminal: TextIO | None) -> None:
        """Say where the page is, each of `addresses` without a token: with it on `terminal` alone, if there is one."""
        where = f"stands on the terminal{f' and in {self._file}' if self.is_kept else ''}"
        if terminal is None:
            where = f"lies in {self._file}" if self.is_kept else "is shown on a terminal alone: start it on one"
        _log.warning(
            "%s can be reached from the network at %s; its token %s", self._what, " or ".join(addresses), where
        )
        if terminal is not None:
            _write(terminal, card(addresses, self.keys, self._what))

    def _say_not_kept(self, error: OSError) -> None:
        reason = one_line(error.strerror or error)
        _log.warning("%s's token ends with this run: %s cannot be used: %s", self._what, self._file, reason)


def card(addresses: Sequence[str], keys: Keyring, what: str = "the operator page") -> str:
    """Return what a terminal shows: the whole addresses, and the first of them as a QR code for a telephone."""
    import segno  # takes a moment, and on loopback nobody needs it

    tokens = keys.tokens
    lines = ["", f"{what[:1].upper()}{what[1:]}; whoever has this address can do everything:"]
    lines += [f"  {address}?token={tokens.full}" for address in addresses]
    if keys.view is View.TOKEN:
        lines += ["To look only:", *(f"  {address}?token={tokens.read}" for address in addresses)]
    elif keys.view is View.OPEN:
        lines += ["To look only, for everybody:", *(f"  {address}" for address in addresses)]
    code = io.StringIO()
    segno.make(f"{addresses[0]}?token={tokens.full}").terminal(code, border=_QR_BORDER, compact=True)
    return "\n".join([*lines, code.getvalue()])


def terminal_of(streams: Sequence[TextIO | None] = ()) -> TextIO | None:
    """Return the first of the `streams` that somebody looks at, by default of the program's own two."""
    for stream in streams or (sys.stdout, sys.stderr):
        try:
            if stream is not None and stream.isatty():
                return stream
        except ValueError:  # it was closed
            continue
    return None


def _write(terminal: TextIO, text: str) -> None:
    try:
        terminal.write(text)
        terminal.flush()
    except (OSError, ValueError) as error:  # it was closed meanwhile, or cannot show the code's blocks
        _log.debug("the terminal does not take the page's address: %s", type(error).__name__)
