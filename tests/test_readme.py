"""The README tells the truth about what can be looked up."""

import re
from pathlib import Path

from installation.preset import preset_names
from installation.reference import markdown_table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_live_controls_is_the_parameter_table() -> None:
    found = re.search(r"<!-- parameters -->\n(.*?)<!-- /parameters -->", README, re.DOTALL)
    assert found is not None and found[1] == markdown_table()


def test_every_link_into_the_repository_leads_somewhere() -> None:
    targets = re.findall(r"\]\(((?!https?:)[^)#]+)\)|src=\"((?!https?:)[^\"]+)\"", README)
    assert len(targets) > 10
    assert [path for pair in targets for path in pair if path and not (ROOT / path).exists()] == []


def test_the_two_lines_and_every_preset_are_named() -> None:
    assert "./setup.sh && .venv/bin/python run_show.py --preset gallery" in README
    tests = re.search(r"^(\./setup\.sh --dev && \.venv/bin/pytest.*?) +#", README, re.MULTILINE)
    assert tests is not None and tests[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert all(name in README for name in preset_names())
