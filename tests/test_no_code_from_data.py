"""No module runs what it reads: its syntax is searched for all that makes code, or objects, of data."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
MODULES: Final = sorted([*(ROOT / "installation").rglob("*.py"), *(ROOT / "s2s").rglob("*.py"), ROOT / "run_show.py"])
_CALLS: Final = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "marshal.loads",
        "marshal.load",
        "torch.jit.load",
    }
    | {"pickle.load", "pickle.loads", "pickle.Unpickler", "shelve.open", "yaml.unsafe_load", "yaml.full_load"}
    | {"yaml.load_all", "code.interact", "torch.hub.load", "joblib.load", "dill.load", "cloudpickle.load"}
)
_OTHERS: Final = frozenset({"torch.load", "yaml.load", "importlib.import_module", "import_module"})
_WORDS: Final = frozenset(name.rpartition(".")[2] for name in _CALLS | _OTHERS)
_MODULES: Final = frozenset({"marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "runpy", "xmlrpc"})
_TAKEN: Final = (_CALLS | _OTHERS) - {"importlib.import_module"}
"""Not to be imported by their last names, under which they could not be told."""
_NAMES: Final = "|".join(re.escape(name) for name in sorted(_CALLS | _OTHERS) if "." in name or name.startswith("_"))
_HINT: Final = re.compile(
    rf"(?<![.\w])(?:eval|exec|compile)\(|{_NAMES}|\bfrom (?:yaml|torch|os|pickle|importlib)\b|allow_pickle|shell=|"
    rf"\b(?:{'|'.join(sorted(_MODULES))}|import_module)\b"
)
_KEYWORDS: Final = ("weights_only", "Loader", "allow_pickle", "shell")
_ONE_YAML_READER: Final = ROOT / "s2s" / "files" / "document.py"


def faults_of(source: str, path: Path = ROOT / "x.py") -> Iterator[str]:
    """Yield what in a module makes code or objects of data, with its line."""
    if not _HINT.search(source):  # most modules: to read their syntax takes a hundred times as long
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (why := _fault_of_call(node, path)):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {why}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            modules = names if isinstance(node, ast.Import) else [node.module or ""]
            if _MODULES.intersection(module.partition(".")[0] for module in modules):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: imports {', '.join(modules)}"
            if taken := _TAKEN.intersection(
                f"{modules[0]}.{name}" for name in names if isinstance(node, ast.ImportFrom)
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: takes {', '.join(taken)}"
            if modules == ["pickle"] and isinstance(node, ast.ImportFrom) and names != ["UnpicklingError"]:
                yield f"{path.relative_to(ROOT)}:{node.lineno}: takes {', '.join(names)} from pickle"


def _fault_of_call(node: ast.Call, path: Path) -> str:
    said = {
        keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg and keyword.arg in _KEYWORDS
    }
    flags = [flag for flag in ("allow_pickle", "shell") if said.get(flag, "False") != "False"]
    if flags:
        return flags[0]
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    name = ast.unparse(node.func) if last in _WORDS else ""
    if name in _CALLS:
        copies = bool(node.args) and ast.unparse(node.args[0]).startswith("pickle.dumps(")  # of what is ours
        return "" if copies else f"calls {name}"
    return _fault_of_reader(name, node, said, path) if name in _OTHERS else ""


def _fault_of_reader(name: str, node: ast.Call, said: Mapping[str, str], path: Path) -> str:
    if name == "torch.load":
        return "" if said.get("weights_only") == "True" else "torch.load without weights_only=True"
    if name == "yaml.load":
        good = path == _ONE_YAML_READER and said.get("Loader") == "_PlainLoader"
        return "" if good else "yaml.load outside of the one reader of documents"
    return "" if all(isinstance(one, ast.Constant) for one in node.args) else "imports a module whose name is data"


def test_nothing_that_is_read_is_run() -> None:
    assert len(MODULES) > 300
    assert [fault for path in MODULES for fault in faults_of(path.read_text(encoding="utf-8"), path)] == []


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "exec(text)",
        "import marshal",
        "from pickle import loads",
        "pickle.load(file)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "yaml.load(text, Loader=yaml.SafeLoader)",
        "yaml.unsafe_load(text)",
        "np.load(path, allow_pickle=True)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
        "importlib.import_module(name)",
        "from yaml import load",
        "from torch import load",
    ],
)
def test_what_would_be_is_found(source: str) -> None:
    assert list(faults_of(source))


def test_what_only_looks_like_it_is_not() -> None:
    source = "net.eval()\nre.compile(text)\nfrom pickle import UnpicklingError\nimportlib.import_module('aalink')\n"
    assert list(faults_of(source + "torch.load(path, weights_only=True)\nnp.load(path, mmap_mode='r')\n")) == []
