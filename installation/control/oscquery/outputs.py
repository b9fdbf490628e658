"""The outputs in the namespace that OSCQuery tells: what OSC moves below `/output`. Pure."""

from installation.control.osc.outputs import ROOT, Field, address_of, fields_of
from installation.control.oscquery.namespace import NO_ACCESS, READ_WRITE, WRITE_ONLY, Node
from installation.outputs.layout import Layout, Output

PATH = ROOT.rstrip("/")


def outputs_tree(path: str, layout: Layout) -> Node | None:
    """Return the node at `path`, `/output` or below, with everything below it; None where there is none."""
    node: Node = {"FULL_PATH": PATH, "ACCESS": NO_ACCESS, "CONTENTS": {}}
    for output in layout.outputs:
        for field in fields_of(output):
            _put(node, address_of(output, field).removeprefix(ROOT).split("/"), _method(output, field))
    found: object = node
    for name in path.rstrip("/").removeprefix(PATH).split("/")[1:]:
        contents = found.get("CONTENTS", {}) if isinstance(found, dict) else {}
        found = contents.get(name) if isinstance(contents, dict) else None
    return found if isinstance(found, dict) else None


def _put(node: Node, names: list[str], leaf: Node) -> None:
    for name in names[:-1]:
        contents = node["CONTENTS"]
        assert isinstance(contents, dict)
        path = f"{node['FULL_PATH']}/{name}"
        node = contents.setdefault(name, {"FULL_PATH": path, "ACCESS": NO_ACCESS, "CONTENTS": {}})
    contents = node["CONTENTS"]
    assert isinstance(contents, dict)
    contents[names[-1]] = leaf


def _method(output: Output, field: Field) -> Node:
    node: Node = {"FULL_PATH": address_of(output, field), "DESCRIPTION": field.takes}
    if field.read is None:
        return node | {"TYPE": "I", "ACCESS": WRITE_ONLY}
    values = field.read(output)
    node |= {"TYPE": "".join(map(_type_of, values)), "ACCESS": READ_WRITE, "VALUE": list(values)}
    if field.choices:
        node["RANGE"] = [{"VALS": list(field.choices)}]
    elif field.low is not None:
        node["RANGE"] = [{"MIN": field.low, "MAX": field.high}] * len(values)
    return node


def _type_of(value: object) -> str:
    return "s" if isinstance(value, str) else "i" if isinstance(value, int) else "f"
