"""Uploads at one moment: what one person may keep is counted one upload after the other."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from lms.kernel.errors import KernelError
from realtime.models import MessageFile
from realtime.services import files
from realtime.services.files import add_file
from realtime.tests.factories import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
TIMES = 6


def test_uploads_at_one_moment_keep_to_the_quota(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(files, "MAX_UNSENT", 2)
    actor, start = cast().actor("learner"), Barrier(TIMES)

    def run(number: int) -> str:
        start.wait(timeout=30)
        try:
            add_file(actor=actor, name=f"{number}.txt", content=io.BytesIO(b"notes"))
        except KernelError as refused:
            return refused.code
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(TIMES) as pool:
        told = sorted(pool.map(run, range(TIMES)))
    assert told == ["kept"] * 2 + ["quota"] * (TIMES - 2)
    assert MessageFile.objects.count() == 2
