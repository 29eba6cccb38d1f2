"""A worker of the AI queue reads the language model before it forks, no other does."""

import os
import subprocess
import sys

import pytest

START = """
import sys
import django
django.setup()
from celery.apps.worker import Worker
from lms.celery import app
app.loader.import_default_modules()
from ai.tasks import prepare_worker
prepare_worker(Worker(app=app, queues=sys.argv[1], hostname="w@test", quiet=True))
print("spacy" in sys.modules, "tokenizers" in sys.modules)
"""


@pytest.mark.parametrize(
    ("queues", "loaded"), [("default,mail", ["False", "False"]), ("ai", ["True", "False"])]
)
def test_language_model_is_read_where_it_is_used(queues: str, loaded: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, queues],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == loaded
