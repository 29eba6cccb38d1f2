import re

from lms.tests.house.tree import python_files, read, templates, tracked

MACHINE = re.compile(r"/(?:work|root)/[\w.]|\.pyenv|bash_jobs")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
BINARY = {".woff2", ".png", ".svg", ".ico", ".lock", ".onnx", ".gz", ".webp", ".jpg"}
HANDLER = re.compile(r"\son[a-z]+=[\"']")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.IGNORECASE)
EVAL_NEEDED = re.compile(r"hx-on|hx-vals=[\"']js:|hx-headers=[\"']js:|hx-trigger=[\"'][^\"']*\[")


def test_no_path_of_a_machine_is_in_the_tree() -> None:
    found = []
    for path in tracked():
        if path.suffix in BINARY or "vendor" in path.parts or path.name == "test_words.py":
            continue
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        if MACHINE.search(text):
            found.append(str(path))
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    found = [str(p) for p in python_files(tests=True) if UNFINISHED.search(read(p))]
    assert found == ["lms/tests/house/test_words.py"]


def test_templates_hold_no_inline_script_style_or_handler() -> None:  # C2
    found = []
    for path in templates():
        text = read(path)
        bad = [m.group(0) for m in INLINE.finditer(text)]
        bad = [m for m in bad if "importmap" not in m and "application/json" not in m]
        if bad or HANDLER.search(text) or " style=" in text:
            found.append(str(path))
    assert found == []


def test_templates_use_nothing_that_needs_eval() -> None:  # C2
    assert [str(p) for p in templates() if EVAL_NEEDED.search(read(p))] == []


def test_import_maps_carry_a_nonce() -> None:  # C2
    bare = [
        str(p)
        for p in templates()
        for tag in re.findall(r"<script[^>]*importmap[^>]*>", read(p))
        if "nonce" not in tag
    ]
    assert bare == []
