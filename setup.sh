#!/usr/bin/env bash
# Installs what the show needs: system libraries (apt, as root or by sudo) and a virtual environment in .venv, whose
# packages are those of requirements.lock, to the hash.
# --dev adds what the tests need: a sound server, a window server and a MIDI server that want no hardware, and a browser.
# --lock moves the locks on to the newest releases that pyproject.toml admits, or one package to one version, and
# installs nothing. A second run with nothing changed ends at once.
set -euo pipefail
cd "$(dirname "$0")"

move_locks_on() {
  local uv=.venv/bin/uv which=(--upgrade)
  [ -x "$uv" ] || { echo "setup.sh --lock needs uv, which ./setup.sh --dev installs" >&2 ; exit 1 ; }
  [ $# = 0 ] || which=("${@/#/--upgrade-package=}")
  compile() { # LOCK OPTIONS…: for every platform and both Pythons at once, from no wheels that lie on this machine
    env -u UV_FIND_LINKS -u UV_INDEX -u UV_EXTRA_INDEX_URL "$uv" pip compile --quiet --no-config --universal \
      --python-version 3.11 --fork-strategy fewest --generate-hashes --custom-compile-command "./setup.sh --lock" \
      "${which[@]}" --output-file "$@" >/dev/null
  }
  compile requirements.lock pyproject.toml
  compile requirements-dev.lock pyproject.toml --extra dev --constraint requirements.lock
  compile requirements-build.lock --group build --constraint requirements.lock
  echo "moved on; ./setup.sh --dev installs it, git checkout -- requirements*.lock takes it back"
}

case "${1:-}" in
  "") mode="show" ; lock="requirements.lock" ;;
  --dev) mode="dev" ; lock="requirements-dev.lock" ;;
  --lock) move_locks_on "${@:2}" ; exit ;;
  *) echo "usage: ./setup.sh [--dev | --lock [PACKAGE[==VERSION]...]]" >&2 ; exit 2 ;;
esac

needed_gb=9
stamp=".venv/.setup" # written last: an environment without it was left half-finished
fingerprint=$(cat setup.sh pyproject.toml requirements*.lock | sha256sum | cut -d' ' -f1)
case "$(cat "$stamp" 2>/dev/null || true)" in
  "$mode $fingerprint" | "dev $fingerprint") # what the tests need holds what the show needs
    if .venv/bin/python -I -c "import installation" 2>/dev/null; then
      echo "already set up ($mode)"
      exit 0
    fi ;;
esac

packages=(
  build-essential portaudio19-dev libasound2-dev # PyAudio is built here
  libasound2-plugins                             # ALSA's way to PulseAudio and PipeWire
  libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libglx-mesa0
)
if [ "$(uname -m)" != x86_64 ]; then packages+=(libx11-dev) ; fi # ModernGL has no wheel there and is built as well
if [ "$mode" = dev ]; then
  packages+=(pulseaudio pulseaudio-utils jackd2)
  packages+=(chromium) # the pages, as a reader sees them
  packages+=(liblo-tools) # oscsend and oscdump: OSC as others speak it
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

# Whether every package in the environment has all its files: of what was killed half-way, one has not.
whole() {
  .venv/bin/python -I - 2>/dev/null <<'EOF'
import csv, importlib.metadata, pip, sysconfig
for package in importlib.metadata.distributions(path=[sysconfig.get_path("purelib")]):
    files = [row[0] for row in csv.reader((package.read_text("RECORD") or "").splitlines())]
    assert files and all("__pycache__" in file or package.locate_file(file).exists() for file in files)
EOF
}
names() { sed -n 's/^\([a-z0-9][a-z0-9._-]*\)==.*/\1/p' "$@" | LC_ALL=C sort -u ; }
install() { .venv/bin/python -m pip --quiet --disable-pip-version-check install "$@" ; }

if [ -e .venv ] && ! whole; then
  echo "the environment in .venv is not whole and is made anew"
  rm -rf .venv
fi
if [ ! -e .venv ]; then
  free_gb=$(( $(df -Pk . | awk 'NR == 2 { print $4 }') / 1000000 ))
  if [ "$free_gb" -lt "$needed_gb" ]; then # not refused: elsewhere torch may be smaller, or the wheels fetched to another disk
    echo "some $needed_gb GB are needed, the wheels and what they unpack to; $PWD has $free_gb GB free" >&2
  fi
  "$python" -m venv .venv
fi
rm -f "$stamp"
rm -rf .venv/lib/python*/site-packages/~* # what pip had moved out of its way when it was killed
install --require-hashes -r requirements-build.lock
touch .venv/.locked
mapfile -t gone < <(LC_ALL=C comm -23 .venv/.locked <(names requirements*.lock))
if [ ${#gone[@]} -gt 0 ]; then # only what an earlier lock brought; fetched first what comes instead, in case it cannot be
  install --dry-run --require-hashes --no-build-isolation -r "$lock"
  .venv/bin/python -m pip --quiet --disable-pip-version-check uninstall -y "${gone[@]}"
fi
echo "installing what $lock names; the first time some gigabytes are fetched"
install --require-hashes --no-build-isolation -r "$lock"
install --no-deps --no-build-isolation -e .
locked=$(LC_ALL=C sort -u <(names requirements-build.lock "$lock") <(LC_ALL=C comm -12 .venv/.locked <(names requirements*.lock)))
echo "$locked" > .venv/.locked
echo "$mode $fingerprint" > "$stamp"
echo "set up ($mode): .venv/bin/python run_show.py --preset gallery"
