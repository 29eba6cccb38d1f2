"""The tracked files of the project, for tests of the house itself."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
APPS = ("lms", "accounts", "courses", "assessments", "analytics", "ai", "realtime", "interop")


@cache
def tracked() -> tuple[Path, ...]:
    """Every tracked or new file that git does not ignore, relative to the root."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(Path(line) for line in out.splitlines() if (ROOT / line).is_file())


def python_files(*, tests: bool = False) -> list[Path]:
    """Python sources of the apps without migrations; with tests when asked."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and path.parts[0] in APPS
        and "migrations" not in path.parts
        and (tests or "tests" not in path.parts)
    ]


def templates() -> list[Path]:
    """Every HTML template."""
    return [path for path in tracked() if path.suffix == ".html"]


def read(path: Path) -> str:
    """A file's text."""
    return (ROOT / path).read_text()


def functions(path: Path) -> list[tuple[str, int, int]]:
    """(name, line, length) of every function of a file."""
    return [
        (node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def statements(path: Path) -> int:
    """Lines with code: neither blank, comment nor docstring."""
    tree = ast.parse(read(path))
    prose: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            prose.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = read(path).splitlines()
    return sum(
        1
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.strip().startswith("#") and number not in prose
    )
