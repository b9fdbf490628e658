"""The unit says what the show needs of systemd; where systemd is, it agrees."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from installation.service.install import Place
from installation.service.kiosk import recipe
from installation.service.unit import NAME, Service, unit_text, word
from installation.service.words import arguments_of_show

USERS: Final = Service(
    python=Path("/opt/show/current/.venv/bin/python"),
    program=Path("/opt/show/current/run_show.py"),
    arguments=("--preset", "gallery"),
    folder=Path("/opt/show/current"),
    venue=Path("/srv/venue"),
)
SYSTEMS: Final = replace(USERS, user="gallery", user_id=1000)


def rows(service: Service) -> dict[str, str]:
    """Return the unit's assignments; of one that is there more than once the last."""
    return dict(line.split("=", 1) for line in unit_text(service).splitlines() if "=" in line and line[0] != "#")


@pytest.mark.parametrize("service", [USERS, SYSTEMS], ids=["user", "system"])
def test_it_is_watched_and_restarted_for_ever(service: Service) -> None:
    unit = rows(service)
    assert (unit["Type"], unit["NotifyAccess"], unit["WatchdogSec"]) == ("notify", "main", "10")
    assert (unit["Restart"], unit["StartLimitIntervalSec"], unit["RestartForceExitStatus"]) == ("always", "0", "75")
    assert unit["NoNewPrivileges"] == "yes" and unit["OOMPolicy"] == "continue"


def test_a_systems_service_may_write_to_the_venue_and_nowhere_else() -> None:
    unit = rows(replace(SYSTEMS, writable=(Path("/srv/films of 2026"),)))
    assert (unit["ProtectSystem"], unit["PrivateTmp"], unit["User"]) == ("strict", "yes", "gallery")
    assert unit["ReadWritePaths"] == '"-/srv/venue" "-/srv/films of 2026"'


def test_a_users_manager_is_not_asked_for_what_it_may_not_have() -> None:
    assert not {"ProtectSystem", "PrivateTmp", "User", "ReadWritePaths"} & rows(USERS).keys()


def test_a_show_with_a_window_waits_for_its_session() -> None:
    assert rows(USERS)["WantedBy"] == "graphical-session.target"
    assert rows(replace(USERS, needs_screen=False))["WantedBy"] == "default.target"
    assert rows(replace(SYSTEMS, needs_screen=False))["WantedBy"] == "multi-user.target"


def test_what_only_a_newer_systemd_knows_is_said_to_a_newer_one_alone() -> None:
    assert "RestartSteps" not in rows(replace(USERS, systemd=252))
    assert rows(replace(USERS, systemd=257))["RestartMaxDelaySec"] == "30"


def test_whatever_stands_in_an_argument_stays_one_word() -> None:
    assert word('a "b" %h \\ $HOME\n', command=True) == '"a \\"b\\" %%h \\\\ $$HOME\\n"'
    assert word("100 %") == '"100 %%"'


def test_what_is_for_the_service_is_not_for_the_show() -> None:
    words = ["--install-service", "--user", "--preset", "gallery", "--source", "mic:A B", "--dry-run"]
    assert arguments_of_show(words) == ["--preset", "gallery", "--source", "mic:A B"]
    assert arguments_of_show(["--supervis", "--update", "/new", "--update=/x", "--size", "8x8"]) == ["--size", "8x8"]
    assert arguments_of_show(["--check", "90", "--preset", "7"]) == ["--preset", "7"]
    assert arguments_of_show(["--preset", "x", "--check", "--seed", "3"]) == ["--preset", "x", "--seed", "3"]
    assert arguments_of_show(["--preset", "7", "--check=60"]) == ["--preset", "7"]


def test_the_recipe_names_who_logs_in_and_what_is_started() -> None:
    text = recipe("gallery", NAME, needs_screen=True)
    assert "--autologin gallery" in text and f"start {NAME}" in text and "%I" in text and "%%" not in text


@pytest.mark.proc
def test_the_recipe_does_what_it_says_as_it_is_pasted(tmp_path: Path) -> None:
    """Into a shell, line by line and with its margin; only what installs packages is left out."""
    home, etc = tmp_path / "home", tmp_path / "etc"
    for folder in (home, etc):
        folder.mkdir()
    text = recipe("gallery", NAME, needs_screen=True).replace("/etc/", f"{etc}/")
    pasted = "\n".join(line for line in text.splitlines() if line.startswith("  ") and "apt-get" not in line)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["sh", "-e"], input=pasted, check=False, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    login = (etc / "systemd" / "system" / "getty@tty1.service.d" / "autologin.conf").read_text().splitlines()
    assert login[:2] == ["[Service]", "ExecStart="]
    assert login[2:] == ["ExecStart=-/sbin/agetty --autologin gallery --noclear %I $TERM"]
    session = (home / ".xinitrc").read_text().splitlines()
    assert f"systemctl --user start {NAME}" in session and session[-1] == "while true; do sleep 3600; done"
    assert (home / ".profile").read_text() == '[ "$(tty)" = /dev/tty1 ] && exec startx -- -nocursor\n'
    for file in (home / ".xinitrc", home / ".profile"):
        subprocess.run(["sh", "-n", str(file)], check=True)


def test_a_user_cannot_install_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(ValueError, match="sudo"):
        Place.wanted(user=False, system=True)
    with pytest.raises(ValueError, match="not both"):
        Place.wanted(user=True, system=True)


@pytest.mark.proc
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_takes_it_as_it_is(tmp_path: Path) -> None:
    real = replace(SYSTEMS, user="root", python=Path("/bin/true"), program=Path("/bin/sh"), folder=Path("/"))
    unit = tmp_path / NAME
    unit.write_text(unit_text(replace(real, arguments=('a "b" %h \\ $HOME', "c d"))))
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    about_ours = [line for line in (said.stdout + said.stderr).splitlines() if NAME in line]
    assert about_ours == []


@pytest.mark.proc
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
@pytest.mark.parametrize("needs_screen", [True, False], ids=["with a screen", "headless"])
def test_a_users_systemd_takes_it_as_it_is(tmp_path: Path, needs_screen: bool) -> None:
    real = replace(USERS, python=Path("/bin/true"), program=Path("/bin/sh"), folder=Path("/"))
    unit = tmp_path / NAME
    unit.write_text(unit_text(replace(real, arguments=('a "b" %h \\ $HOME', "c d"), needs_screen=needs_screen)))
    command = ["systemd-analyze", "--user", "verify", "--man=no", str(unit)]
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=environment)
    about_ours = [line for line in (said.stdout + said.stderr).splitlines() if NAME in line]
    assert about_ours == [] and said.returncode == 0, said.stderr
