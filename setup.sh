#!/usr/bin/env bash
# Installs what the show needs: system libraries (apt, as root or by sudo) and a virtual environment in .venv.
# --dev adds what the tests need: a sound server, a window server and a MIDI server that want no hardware.
# A second run with nothing changed ends at once.
set -euo pipefail
cd "$(dirname "$0")"

extras="" ; mode="show"
case "${1:-}" in
  "") ;;
  --dev) extras="[dev]" ; mode="dev" ;;
  *) echo "usage: ./setup.sh [--dev]" >&2 ; exit 2 ;;
esac

stamp=".venv/.setup-$mode"
fingerprint=$(cat setup.sh pyproject.toml | sha256sum | cut -d' ' -f1)
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$fingerprint" ]; then
  echo "already set up ($mode)"
  exit 0
fi

packages=(
  build-essential portaudio19-dev libasound2-dev # PyAudio is built here
  libasound2-plugins                             # ALSA's way to PulseAudio and PipeWire
  libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libglx-mesa0
)
if [ "$mode" = dev ]; then
  packages+=(pulseaudio pulseaudio-utils jackd2)
  packages+=(xvfb xauth x11-utils x11-xserver-utils imagemagick xdotool xserver-xorg-core xserver-xorg-video-dummy openbox)
fi
for python in python3.11 python3.12 python3; do
  if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then break; fi
  python=""
done
if [ -z "$python" ]; then
  echo "setup.sh needs Python 3.11 or 3.12; on Debian 12: apt-get install python3 python3-venv python3-dev" >&2
  exit 1
fi
case "$(command -v "$python")" in
  /usr/bin/*) packages+=(python3-venv python3-dev) ;; # Debian ships these apart from its own Python
esac

if command -v apt-get >/dev/null; then
  missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    root=() ; [ "$(id -u)" = 0 ] || root=(sudo)
    "${root[@]}" apt-get update -q
    # jackd2 asks whether it may take real-time priority; nobody is there to answer.
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
  fi
else
  echo "no apt-get here: install the like of ${packages[*]} yourself" >&2
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".$extras"
echo "$fingerprint" > "$stamp"
echo "set up ($mode): .venv/bin/python run_show.py --preset gallery"
