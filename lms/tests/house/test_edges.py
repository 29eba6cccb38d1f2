import ast
from pathlib import Path

import pytest

from lms.tests.house.tree import ROOT, python_files, read

EDGES = {"views", "api", "consumers", "forms"}


def edge_files() -> list[Path]:
    return [
        path
        for path in python_files()
        if len(path.parts) > 1
        and path.parts[0] != "lms"
        and (path.parts[1] in EDGES or path.stem in {"tasks", "consumers", "subscribers"})
    ]


def test_there_are_edges_to_look_at() -> None:
    assert len(edge_files()) > 20


@pytest.mark.parametrize("path", edge_files(), ids=str)
def test_edges_never_touch_a_manager(path: Path) -> None:  # Z1
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert lines == [], f"{path} reads or writes tables at lines {lines}"


def test_no_contract_has_an_exception() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()
