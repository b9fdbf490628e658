"""The examples of the manuals: the real command lines accept them, and what can be run is run."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pytest

import run_show
from installation.cues.cue_list import read_cues
from installation.cues.schedule import read_schedule
from installation.main import arguments_of
from installation.options import resolve
from installation.output.headless import open_headless
from installation.presets.naming import preset_names
from installation.render.shader import Shader
from s2s.__main__ import build_parser, main
from tests.manuals import MANUALS, examples, read
from tests.reference import ROOT, verbs_of

FOREIGN_OPTIONS = {"--benchmark-only", "--dev", "--lock", "--nproc-per-node", "--shm-size"}
FOREIGN_OPTIONS |= {"--cases", "--replay", "--target", "--write"}
"""Of pytest, `setup.sh`, torchrun, containers and the tests' own programs."""


def commands() -> Iterator[tuple[str, str]]:
    """Yield the program and the arguments of every command in the examples that is one of ours."""
    for line in (line for manual in MANUALS for block in examples(manual, "sh") for line in block.splitlines()):
        for command in line.split(" && "):
            found = re.search(r"(-m s2s|run_show\.py)( .*)$", command)
            if found is not None:
                yield found[1], found[2].strip()


@pytest.mark.parametrize(("program", "arguments"), sorted(set(commands())))
def test_every_command_is_accepted(program: str, arguments: str) -> None:
    parser = run_show.build_parser() if program == "run_show.py" else build_parser()
    parsed = parser.parse_args(shlex.split(arguments, comments=True))
    if program == "run_show.py" and parsed.preset in preset_names():
        resolve(arguments_of(parsed))


TRAININGS = sorted({arguments for _, arguments in commands() if arguments.startswith("train ")})


@pytest.mark.parametrize("arguments", TRAININGS)
def test_every_training_has_settings_that_exist(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(arguments, comments=True), "--dry-run"]) == 0
    assert "settings:" in capsys.readouterr().out


@pytest.mark.parametrize("manual", MANUALS)
def test_every_option_that_is_named_exists(manual: str) -> None:
    known = FOREIGN_OPTIONS | set(options_of(run_show.build_parser())) | set(options_of(build_parser()))
    assert set(re.findall(r"(?<![\w-])--[a-z][\w-]*", read(manual))) - known == set()


def options_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
    for verb, _ in verbs_of(parser).values():
        yield from options_of(verb)


def test_the_presets_can_be_played(tmp_path: Path) -> None:
    harbour, evening, midi = examples("presets/README.md", "yaml")
    for number, text in enumerate((harbour, evening, f"name: Knobs\ndescription: Of a controller.\n{midi}")):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        parsed = run_show.build_parser().parse_args(["--preset", str(tmp_path / f"{number}.yaml")])
        assert resolve(arguments_of(parsed)).preset.midi_map


def test_the_cues_and_the_opening_hours_can_be_used(tmp_path: Path) -> None:
    evening, hours = examples("installation/manual/cues.md", "yaml")
    (tmp_path / "cues.yaml").write_text(evening, encoding="utf-8")
    (tmp_path / "schedule.yaml").write_text(hours, encoding="utf-8")
    cues = read_cues(tmp_path / "cues.yaml", preset_names)
    assert [cue.name for cue in cues.cues] == ["doors", "overture", "interval", "second half", "night"]
    assert read_schedule(tmp_path / "schedule.yaml").fade_s == 20


@pytest.fixture
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


@pytest.mark.gl
def test_the_pass_compiles_and_hears_the_treble(context: moderngl.Context, tmp_path: Path) -> None:
    (text,) = examples("shaders/README.md", "glsl")
    (tmp_path / "ember.frag").write_text(text, encoding="utf-8")
    shader = Shader(context, tmp_path / "ember.frag")
    assert shader.takes("u_treble") and shader.takes("u_picture")


@pytest.mark.heavy
def test_the_library_does_what_its_python_example_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = examples("s2s/README.md", "python")
    for name in ("s2s", "presets"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, np.ndarray] = {}
    exec(compile(ast.parse(text), "s2s/README.md", "exec"), names)
    for pictures in (names["pictures"], names["dusk_rain"]):
        assert pictures.shape == (4, 144, 256, 3) and pictures.dtype == np.uint8
    assert not np.array_equal(names["pictures"], names["dusk_rain"])


@pytest.mark.heavy
def test_the_first_examples_of_the_library_can_be_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "\n".join(examples("README.md", "sh"))
    (tmp_path / "s2s").symlink_to(ROOT / "s2s")
    monkeypatch.chdir(tmp_path)
    for verb in ("listen", "generate"):
        (command,) = re.findall(rf"-m s2s ({verb} .*)", lines)
        assert main(shlex.split(command, comments=True)) == 0
    heard, (told,) = capsys.readouterr().out.splitlines(), examples("s2s/README.md", "text")
    assert heard[0] == told.splitlines()[0] == "rain: rain, sure"
    assert [line.split()[0] for line in heard[1:2]] == ["rain"] and heard[6].startswith("  paints rain")
    assert (tmp_path / "pictures" / "rain.png").exists()
