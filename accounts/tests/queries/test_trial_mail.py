"""The mail of the trial, read back from its files."""

from pathlib import Path

import pytest
from django.core.mail import send_mail
from pytest_django.fixtures import Settings

from accounts.queries.trial_mail import all_mail


@pytest.fixture(autouse=True)
def _to_files(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)


def test_mail_keeps_its_letters(tmp_path: Path) -> None:
    words = "Ida Çelik invites you to “Thinking with Data” — 学ぶ."
    send_mail("“Thinking”", words, "no-reply@example.com", ["zoe@example.com"])
    send_mail("Second", "Plain words.", "no-reply@example.com", ["b@example.com"])
    newest, oldest = all_mail(tmp_path)
    assert (newest.subject, newest.text.strip()) == ("Second", "Plain words.")
    assert (oldest.subject, oldest.text.strip()) == ("“Thinking”", words)
    assert [newest.number, oldest.number] == [1, 0]
