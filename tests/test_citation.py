"""`CITATION.cff` can be read by what reads such files, and says what the rest of the repository says.

Keys and kinds are those of the Citation File Format 1.2.0, https://citation-file-format.github.io/.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
REQUIRED: Final = {"cff-version", "message", "title", "authors"}
OPTIONAL: Final = {"type", "abstract", "version", "license", "keywords", "preferred-citation"}
REQUIRED_OF_A_REFERENCE: Final = {"type", "title", "authors"}
OPTIONAL_OF_A_REFERENCE: Final = {"collection-title", "conference", "month", "year", "start", "end", "url"}


def citation() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def test_it_has_what_the_format_requires_and_nothing_that_it_does_not_know() -> None:
    document = citation()
    assert REQUIRED <= set(document) <= REQUIRED | OPTIONAL
    assert document["cff-version"] == "1.2.0" and document["type"] == "software"
    paper = document["preferred-citation"]
    assert REQUIRED_OF_A_REFERENCE <= set(paper) <= REQUIRED_OF_A_REFERENCE | OPTIONAL_OF_A_REFERENCE
    assert paper["type"] == "conference-paper" and set(paper["conference"]) == {"name"}
    assert all(isinstance(document[key], str) for key in ("message", "title", "abstract", "version", "license"))
    assert all(isinstance(paper[key], int) for key in ("month", "year", "start", "end"))


def test_authors_are_persons_or_an_entity_as_the_format_has_them() -> None:
    document = citation()
    assert [set(author) for author in document["authors"]] == [{"name"}]
    persons = document["preferred-citation"]["authors"]
    assert len(persons) == 5 and all(set(person) == {"family-names", "given-names"} for person in persons)


def test_it_says_what_the_project_its_licence_and_its_manual_say() -> None:
    document = citation()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (document["version"], document["license"]) == (project["version"], project["license"])
    holder = re.search(r"Copyright \(c\) \d+ (.+)", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    assert holder is not None and document["authors"][0]["name"] == holder[1]
    assert document["preferred-citation"]["url"] in (ROOT / "README.md").read_text(encoding="utf-8")
