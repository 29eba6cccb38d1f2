"""Test-wide set-up: the test mode and a data folder per process."""

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_root = os.environ.setdefault("CAIRN_TEST_ROOT", tempfile.mkdtemp(prefix="cairn-test-"))
os.environ["LMS_MODE"] = "test"
os.environ["LMS_DATA_DIR"] = str(Path(_root) / _worker)
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
Path(os.environ["LMS_DATA_DIR"]).mkdir(parents=True, exist_ok=True)

import django  # noqa: E402 - the environment above decides the settings

django.setup()
