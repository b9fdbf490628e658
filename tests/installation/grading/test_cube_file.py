"""`.cube` files: what colourists hand on is read as they mean it; what nobody can mean is refused in one line."""

import random
from pathlib import Path

import numpy as np
import pytest

from installation.exit_codes import ExitCode
from installation.grading import cube_file
from installation.grading.cube_file import Cube, CubeError, identity, parse_cube, read_cube
from installation.grading.film_look import FILE, film_cube, film_look

PATH = Path("look.cube")
DARKER = "\n".join(f"{red} {green} {blue}" for blue in (0, 0.5) for green in (0, 0.5) for red in (0, 0.5))


def parsed(text: str) -> Cube:
    return parse_cube(text.encode(), PATH)


def test_a_cube_has_red_fastest_and_blue_slowest() -> None:
    table = parsed(f"LUT_3D_SIZE 2\n{DARKER}\n").table
    assert np.array_equal(table, identity(2) * 0.5)
    assert table[1, 0, 0].tolist() == [0.0, 0.0, 0.5]


def test_titles_comments_empty_lines_and_the_marks_of_windows_are_passed_over() -> None:
    plain = parsed(f"LUT_3D_SIZE 2\n{DARKER}\n")
    lines = DARKER.replace("\n", "\r\n\r\n# of a colourist\r\n")
    dressed = parse_cube(f'\ufeffTITLE "Dusk # 2"\r\n# ours\r\n\r\nLUT_3D_SIZE 2\r\n{lines}'.encode(), PATH)
    assert np.array_equal(plain.table, dressed.table)


def test_a_curve_per_channel_is_a_cube_that_bends_each_by_itself() -> None:
    table = parsed("LUT_1D_SIZE 3\n0 0 1\n.25 .5 .5\n1 1 0\n").table
    assert table[16, 32, 64] == pytest.approx([1.0, 0.5, 0.75], abs=1e-6)
    assert table[0, 0, 32] == pytest.approx([0.25, 0.0, 1.0], abs=1e-6)


def test_the_domain_says_what_first_and_last_node_stand_for() -> None:
    table = parsed(f"LUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0.5\nDOMAIN_MAX 2 1 1\n{DARKER}\n").table
    assert table[64, 64, 64] == pytest.approx([0.25, 0.5, 0.5], abs=1e-6)
    assert table[16, 0, 0] == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)


def test_a_file_of_resolve_has_a_curve_before_its_cube_and_a_range_for_each() -> None:
    text = "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0.0 0.5\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 2\n0 0 0\n2 2 2\n"
    table = parsed(text + DARKER).table
    assert table[0, 0, 16] == pytest.approx([0.25, 0.0, 0.0], abs=1e-6)
    assert table[0, 0, 64] == pytest.approx([0.5, 0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected LUT_1D_SIZE or LUT_3D_SIZE"),
        ("0 0 0\n1 1 1\n", "expected LUT_1D_SIZE or LUT_3D_SIZE"),
        ("\0\0\0", "line 1: expected|expected LUT"),
        ("LUT_3D_SIZE 1\n0 0 0", "LUT_3D_SIZE takes 2..65, got '1'"),
        ("LUT_3D_SIZE 66\n", "takes 2..65, got '66'"),
        ("LUT_3D_SIZE 99999999999999999999\n", "takes 2..65"),
        ("LUT_3D_SIZE -2\n", "takes 2..65"),
        ("LUT_3D_SIZE ²\n", "takes 2..65"),
        ("LUT_3D_SIZE 2 2\n", "takes 2..65, got '2 2'"),
        ("LUT_1D_SIZE 65537\n", "LUT_1D_SIZE takes 2..65536"),
        ("LUT_9D_SIZE 2\n", "line 1: expected .* got 'LUT_9D_SIZE'"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1\n", "expected 2 lines of three numbers, 6 in all, got 5"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n2 2 2\n", "6 in all, got more"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 nan 1\n", "finite numbers alone .* got nan or inf"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1e999 1\n", "finite numbers"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 red 1\n", "numbers alone"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 0 0\n0 0 0\n1 1 1\n", "DOMAIN_MIN takes 3 numbers, got '0 0'"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 nan\n0 0 0\n1 1 1\n", "DOMAIN_MIN takes 3 numbers"),
        ("LUT_1D_SIZE 2\nDOMAIN_MAX 0 1 1\n0 0 0\n1 1 1\n", "domain from less to more"),
        ("LUT_1D_SIZE 2\nDOMAIN_MAX 1e30 1 1\n0 0 0\n1 1 1\n", "within a million"),
        ("# nothing\n" * 1001, "within the first 1000 lines"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(CubeError, match=says) as caught:
        parsed(text)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_file_that_is_damaged_anywhere_is_read_or_refused_and_never_worse() -> None:
    dice = random.Random(4)
    whole = f"LUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\n{DARKER}\n".encode()
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.choice(b"\0\n #-.e9N\xff")
        try:
            table = parse_cube(bytes(damaged), PATH).table
        except CubeError as error:
            assert "\n" not in str(error) and len(str(error)) < 400
            refused += 1
        else:
            assert np.isfinite(table).all() and np.abs(table).max() <= 100.0
    assert refused > 20


def test_a_file_names_itself_and_is_not_read_further_than_its_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.cube"
    with pytest.raises(CubeError, match=r"^own\.cube: cannot be read: No such file"):
        read_cube(path)
    path.write_text("LUT_3D_SIZE 2\n0 0 0\n")
    with pytest.raises(CubeError, match=r"^own\.cube: expected 8 lines"):
        read_cube(path)
    monkeypatch.setattr(cube_file, "_MOST_BYTES", 10)
    with pytest.raises(CubeError, match="larger than"):
        read_cube(path)


def test_two_readings_of_one_file_are_equal_and_of_a_changed_one_are_not(tmp_path: Path) -> None:
    path = tmp_path / "own.cube"
    path.write_text(f"LUT_3D_SIZE 2\n{DARKER}\n")
    first = read_cube(path)
    assert read_cube(path) == first
    path.write_text(f"LUT_3D_SIZE 2\n{DARKER.replace('0.5', '0.6')}\n")
    assert read_cube(path) != first


def test_the_look_that_ships_is_what_its_script_writes_and_keeps_black_below_white() -> None:
    assert FILE.read_text(encoding="utf-8") == film_cube()
    greys = np.repeat(np.linspace(0.0, 1.0, 33)[:, None], 3, axis=1)
    assert (np.diff(film_look(greys), axis=0) > 0.0).all()
