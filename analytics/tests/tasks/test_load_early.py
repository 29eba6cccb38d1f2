"""A worker of the analytics queue loads the heavy libraries before it forks, no other does."""

import os
import subprocess
import sys

import pytest

START = """
import sys
import django
django.setup()
from celery.apps.worker import Worker
from celery.signals import celeryd_after_setup
from lms.celery import app
app.loader.import_default_modules()
worker = Worker(app=app, queues=sys.argv[1], hostname="w@test", quiet=True)
celeryd_after_setup.send(sender="w@test", instance=worker, conf=app.conf)
print("sklearn" in sys.modules)
"""


@pytest.mark.parametrize(
    ("queues", "loaded"), [("default,mail", "False"), ("ai,analytics", "True")]
)
def test_heavy_libraries_are_loaded_where_they_are_used(queues: str, loaded: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, queues],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [loaded]
