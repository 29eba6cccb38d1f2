"""Test processes do not share what one of them may empty."""

import os

import pytest
from django.conf import settings


@pytest.mark.services
def test_each_test_process_has_a_folder_and_a_prefix_of_its_own() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    assert settings.DATA_DIR.name == worker
    cache = settings.CACHES["default"]
    assert worker in (cache["KEY_PREFIX"] if settings.REDIS_URL else cache["LOCATION"])
