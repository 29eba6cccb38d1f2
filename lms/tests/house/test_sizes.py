from lms.tests.house.tree import functions, python_files, read, statements

FORBIDDEN = {"utils", "helpers", "common", "misc", "manager"}


def test_files_stay_under_400_lines() -> None:
    long = [(str(p), read(p).count("\n")) for p in python_files() if read(p).count("\n") > 400]
    assert long == []


def test_functions_stay_under_40_lines() -> None:
    long = [
        f"{path}:{line} {name} ({length})"
        for path in python_files()
        for name, line, length in functions(path)
        if length > 40
    ]
    assert long == []


def test_kernel_stays_a_floor() -> None:
    """docs/decisions/0002: lines that do something; text, push and testing are rooms of it."""
    kernel = [p for p in python_files() if p.parts[:2] == ("lms", "kernel")]
    lines = sum(statements(p) for p in kernel)
    assert lines <= 4000, f"the kernel has {lines} lines of statements"


def test_no_file_is_named_for_nothing() -> None:
    named = [str(p) for p in python_files() if p.stem in FORBIDDEN or FORBIDDEN & set(p.parts)]
    assert named == []
