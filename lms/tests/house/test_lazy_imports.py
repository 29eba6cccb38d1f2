"""Heavy libraries are loaded by the work that needs them, never by starting the site."""

import os
import subprocess
import sys

import pytest

HEAVY = (
    "pandas",
    "sklearn",
    "scipy",
    "numpy",
    "spacy",
    "openai",
    "boto3",
    "botocore",
    "onnxruntime",
    "tokenizers",
    "xllamacpp",
    "weasyprint",
    "openpyxl",
    "xlsxwriter",
    "pyarrow",
    "pydantic",
    "lxml",
    "markdownify",
)
LOOK = "import sys; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"


@pytest.mark.parametrize("module", ["lms.urls", "lms.asgi", "lms.celery"])
def test_starting_loads_no_heavy_library(module: str) -> None:
    code = f"import django; django.setup(); import {module}; {LOOK}"
    done = subprocess.run(
        [sys.executable, "-c", code, *HEAVY],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
