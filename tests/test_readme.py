"""The manuals tell the truth about what can be looked up: tables, links, names."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from installation.exit_codes import ExitCode
from installation.heard_meter import HeardMeter
from installation.metering import MemoryMeter, Meter
from installation.parameters import PARAMETERS
from installation.presets.naming import preset_names
from installation.presets.reading import load_preset
from installation.product import version
from installation.report import build_report
from installation.status import CaptureStatus, InferenceStatus
from s2s.__main__ import build_parser
from tests.manuals import MANUALS, read
from tests.reference import COMMAND, ROOT, SECTIONS, TABLES, verbs_of, with_tables

ADDRESSES = {*PARAMETERS, "/subscribe", "/unsubscribe", "/stream/pcm", "/stream/features"}
GROUPS = {"/audio/", "/latent/", "/scene/", "/render/", "/render/NAME"}


@pytest.mark.parametrize("manual", TABLES)
def test_the_tables_are_those_of_the_code(manual: str) -> None:
    assert with_tables(manual) == read(manual), f"out of date: run `{COMMAND}`"


@pytest.mark.parametrize("manual", MANUALS)
def test_every_link_into_the_repository_leads_somewhere(manual: str) -> None:
    targets = re.findall(r"\]\(((?!https?:)[^)]+)\)", read(manual))
    assert targets
    for target in targets:
        path, _, heading = target.partition("#")
        file = (ROOT / manual).parent / path if path else ROOT / manual
        file = file / "README.md" if heading and file.is_dir() else file
        assert file.exists(), target
        assert not heading or heading in anchors(file.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """Return the names under which GitHub links to the headings."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_file_that_the_map_sends_one_to_is_there() -> None:
    named = re.findall(r"`((?:installation|s2s|shaders|presets|tests)/[\w./]*)`", read(".github/CONTRIBUTING.md"))
    assert len(named) > 20
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []


def test_every_name_that_the_map_gives_is_in_a_file_of_its_row() -> None:
    rows = [row for row in read(".github/CONTRIBUTING.md").splitlines() if row.startswith("| **")]
    assert len(rows) > 12
    for row in rows:
        quoted = re.findall(r"`([\w./]+)`", row)
        texts = [(ROOT / name).read_text(encoding="utf-8") for name in quoted if (ROOT / name).is_file()]
        names = [name for name in quoted if re.fullmatch(r"[A-Za-z_]+", name)]
        assert [name for name in names if not any(re.search(rf"\b{name}\b", text) for text in texts)] == [], row


def test_the_two_lines_and_every_preset_are_named() -> None:
    readme = read("README.md")
    assert "./setup.sh && .venv/bin/python run_show.py --preset gallery" in readme
    tests = re.search(r"^(\./setup\.sh --dev && \.venv/bin/pytest.*?) +#", readme, re.MULTILINE)
    assert tests is not None and tests[1] in read(".ci/run")
    assert [name for name in preset_names() if name not in read("presets/README.md")] == []


def test_every_osc_address_that_a_manual_names_exists() -> None:
    named = re.compile(r"`(/(?:audio|latent|scene|render|show|stream|subscribe|unsubscribe)[\w/]*)(?=[ `])")
    strangers = {manual: set(named.findall(read(manual))) - ADDRESSES - GROUPS for manual in MANUALS}
    assert strangers == {manual: set() for manual in MANUALS}


def test_every_key_of_a_preset_is_in_the_manual() -> None:
    manual = read("presets/README.md")
    assert [key for key in load_preset("gallery").as_document() if f"`{key}`" not in manual] == []


def test_every_stage_of_training_is_in_the_manual_of_the_library() -> None:
    stages = verbs_of(verbs_of(build_parser())["train"][0])
    assert len(stages) >= 5
    assert [name for name in stages if f"`{name}`" not in read("s2s/README.md")] == []


def test_sections_of_the_paper_are_given_to_verbs_that_exist() -> None:
    assert set(SECTIONS) <= set(verbs_of(build_parser()))


def test_the_form_for_bugs_asks_for_the_diagnosis() -> None:
    form = yaml.safe_load(read(".github/ISSUE_TEMPLATE/bug.yml"))
    asked = {item["id"]: item["attributes"].get("description", "") for item in form["body"]}
    assert "run_show.py --diagnose --report" in asked["diagnosis"]


def test_the_changelog_is_dated_sorted_by_kind_and_begins_with_this_version() -> None:
    entries = re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    dated = [re.fullmatch(r"(\d{4}-\d\d-\d\d), (?:towards|version) (\d+\.\d+\.\d+)", entry) for entry in entries]
    days = [match[1] for match in dated if match is not None]
    assert len(days) == len(entries) and days == sorted(days, reverse=True)
    assert dated[0] is not None and dated[0][2] == version()
    kinds = re.findall(r"^### (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Fixed", "Removed"}


def test_every_exit_code_is_explained() -> None:
    rows = re.findall(r"^\| (\d+) \|", read("installation/manual/report.md"), re.MULTILINE)
    assert [int(row) for row in rows] == list(ExitCode)


def test_the_keys_of_the_report_are_those_of_the_manual() -> None:
    """What only a running show can fill in is None or empty here: there the beginning of a key is compared."""
    empty = build_report(
        meter=Meter(0.0),
        memory=MemoryMeter(),
        heard=HeardMeter(),
        capture=CaptureStatus(),
        inference=InferenceStatus(),
        run={},
        errors=[],
    )
    told, explained = keys_of(empty), explained_keys()
    assert [key for key in told if not any(is_within(one, key) for one in explained)] == []
    assert [key for key in explained if not any(is_within(key, one) for one in told)] == []


def keys_of(report: Mapping[str, Any], within: str = "") -> list[str]:
    keys = []
    for key, value in report.items():
        keys += keys_of(value, f"{within}{key}.") if isinstance(value, Mapping) and value else [within + key]
    return keys


def explained_keys() -> list[str]:
    """Return the keys in the first column of the report's table; `.p95` stands for its neighbour's with another end."""
    table = read("installation/manual/report.md").partition("\n## The report\n")[2].partition("\n## ")[0]
    keys: list[str] = []
    for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        for key in re.findall(r"`([\w.]+)`", row):
            keys.append(keys[-1].rpartition(".")[0] + key if key.startswith(".") else key)
    return keys


def is_within(key: str, group: str) -> bool:
    return key == group or key.startswith(f"{group}.")
