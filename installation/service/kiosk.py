"""How a machine comes up with the show on its screen and nobody there: said when a service is installed. Pure.

What is to be typed is pasted, with the margin it has here: so no text that ends with a word of its own on a line.
"""

from pathlib import Path
from typing import Final

_KIOSK: Final = """\
For a machine without a desktop (Debian, Raspberry Pi OS, Ubuntu Server), as root; {user} is who will be logged in:

  apt-get install xserver-xorg xinit x11-xserver-utils dbus-user-session
  mkdir -p /etc/systemd/system/getty@tty1.service.d
  printf '%s\\n' '[Service]' 'ExecStart=' 'ExecStart=-/sbin/agetty --autologin {user} --noclear %I $TERM' \\
    > /etc/systemd/system/getty@tty1.service.d/autologin.conf

and as {user}, what a login on the first console does:

  echo '[ "$(tty)" = /dev/tty1 ] && exec startx -- -nocursor' >> ~/.profile
  printf '%s\\n' 'xset s off -dpms s noblank' 'systemctl --user import-environment DISPLAY XAUTHORITY' \\
    'systemctl --user start {unit}' 'while true; do sleep 3600; done' > ~/.xinitrc

With a desktop (GNOME, KDE) switch on its automatic login, and switch off the screen saver and automatic updates of the
desktop: the service starts with the session by itself.
In the BIOS: "restore on AC power loss" to "power on". Then pull the plug once, and see it come back.
"""

_HEADLESS: Final = """\
A show without a screen runs without anybody logged in, once that is allowed (as root):

  loginctl enable-linger {user}
"""


def recipe(user: str, unit: str, *, needs_screen: bool) -> str:
    """Return what is left to do by hand, so that `unit` of `user` runs from the moment the machine is switched on."""
    return (_KIOSK if needs_screen else _HEADLESS).format(user=user, unit=unit)


def commands(unit: str, *, by_user: bool, path: Path) -> str:
    """Return how the service is looked at and held."""
    systemctl = "systemctl --user" if by_user else "systemctl"
    log = f"journalctl {'--user ' if by_user else ''}-u {unit} -f"
    return f"{path}\n  {systemctl} status {unit}\n  {systemctl} restart {unit}\n  {systemctl} stop {unit}\n  {log}\n"
