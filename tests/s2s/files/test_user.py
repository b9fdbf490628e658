"""A user whom the system does not know, as containers run programs: no account, no home."""

import contextlib
import getpass
import importlib
import os
import pwd
import sys
import tempfile
from pathlib import Path

import pytest

from s2s.files.user import cache_folder, name_user


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a user without an entry in the list of accounts, and without a word about it in the environment."""

    def unknown(uid: int) -> pwd.struct_passwd:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "XDG_CACHE_HOME", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)


def test_a_user_without_a_home_has_a_cache_of_their_own(stranger: None) -> None:
    folder = cache_folder("embeddings")
    assert folder.is_relative_to(tempfile.gettempdir())
    assert str(os.getuid()) in str(folder)


def test_a_user_without_a_name_gets_one_and_nobody_else_does(stranger: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "")  # so that it is put back afterwards
    monkeypatch.delenv("USER")
    name_user()
    assert getpass.getuser() == f"user-{os.getuid()}"
    monkeypatch.setenv("USER", "ada")
    name_user()
    assert getpass.getuser() == "ada"


@pytest.mark.proc  # `ldconfig`, asked for libsrt
@pytest.mark.parametrize("program", ["s2s.__main__", "run_show"])
def test_every_program_names_such_a_user_before_torch_asks(
    stranger: None, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setenv("USER", "")  # so that it is put back afterwards
    monkeypatch.delenv("USER")
    monkeypatch.setattr(sys, "argv", [program, "--dry-run"])
    with contextlib.suppress(SystemExit):
        importlib.import_module(program).main()
    assert getpass.getuser() == f"user-{os.getuid()}"


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder("inversions") == Path("/somewhere/sound-to-scene/inversions")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/ada")
    assert cache_folder("inversions") == Path("/home/ada/.cache/sound-to-scene/inversions")
