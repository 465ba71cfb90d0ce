"""What no import contract says: who commits, who reads a clock, where the words are, how large a module may grow."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("architecture")
ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "nlp", "storage")
LONGEST_MODULE = 300  # lines
VAGUE = re.compile(r"(^|_)(utils?|helpers?|managers?|services?|common|misc|base_?utils?)(_|$)")
CHINESE = re.compile(r"[\u3400-\u9fff]")
CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"),
}  # fmt: skip


def modules(*packages: str) -> list[Path]:
    """Modules of our own making in these packages; migrations are history and are left alone."""
    return [
        path
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.relative_to(ROOT).parts
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def found(paths: list[Path], wrong: Callable[[ast.AST], bool]) -> list[str]:
    """``file:line`` of every node that is wrong."""
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in paths
        for node in ast.walk(tree(path))
        if wrong(node)
    ]


def calls(node: ast.AST, *attributes: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in attributes


def reads_a_clock(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return (name, node.attr) in CLOCKS


def reads_the_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")


def docstrings(module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield first.value


def test_transactions_end_in_bot_only() -> None:
    paths = modules("handlers", "nlp", "storage")
    assert found(paths, lambda node: calls(node, "commit", "rollback")) == []


def test_only_bot_reads_a_clock() -> None:
    assert found(modules("handlers", "nlp", "storage"), reads_a_clock) == []


def test_only_the_command_line_and_the_supervisor_read_the_environment() -> None:
    allowed = {ROOT / "bot" / name for name in ("cli.py", "child.py", "supervise.py")}
    paths = [path for path in modules(*PACKAGES) if path not in allowed]
    assert found(paths, reads_the_environment) == []


def test_what_people_read_is_in_wording_templates_and_nlp() -> None:
    """A docstring may be Chinese: that of a handler is its help text."""
    wrong = []
    for path in modules("bot", "handlers", "storage"):
        if path.is_relative_to(ROOT / "handlers" / "wording"):
            continue
        helps = set(docstrings(tree(path)))
        wrong += found(
            [path],
            lambda node, helps=helps: (  # type: ignore[misc]
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in helps
                and CHINESE.search(node.value) is not None
            ),
        )
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_stay_readable_in_one_sitting(package: str) -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in modules(package)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_modules_are_named_for_what_they_hold() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules(*PACKAGES) if VAGUE.search(path.stem)] == []


def test_features_do_not_know_each_other() -> None:
    """The list in the import contract names every module of handlers that declares a trigger."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    listed = {name for contract in contracts if contract["type"] == "independence" for name in contract["modules"]}
    declared = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in modules("handlers")
        if path.stem != "registry" and any(declares_a_trigger(node) for node in ast.walk(tree(path)))
    }
    assert declared <= listed


def declares_a_trigger(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    names = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
    return any(isinstance(name, ast.Name) and name.id == "on" for name in names)


def test_what_is_published_names_no_machine() -> None:
    """No path of whoever wrote it, and no address of a package index, in any file of the repository."""
    wrong = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/|--(?:extra-)?index[-]url[ =]|--find[-]links[ =]")
    published = ("*.md", "*.toml", "*.lock", "Makefile", "Procfile", "docs/**/*.md", ".ci/*")
    texts = [*modules(*PACKAGES), *(path for pattern in published for path in ROOT.glob(pattern))]
    assert [str(path.relative_to(ROOT)) for path in texts if wrong.search(path.read_text(encoding="utf-8"))] == []
