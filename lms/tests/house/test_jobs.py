from celery import current_app

from lms.celery import app
from lms.kernel.jobs import registry


def test_every_kind_of_job_has_a_task_of_its_name_on_a_known_queue() -> None:  # J6
    assert registry.kinds()
    for kind in registry.kinds():
        assert kind in current_app.tasks
        assert registry.queue_of(kind) in registry.QUEUES


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    missing = [e["task"] for e in app.conf.beat_schedule.values() if e["task"] not in app.tasks]
    assert missing == []


def test_visibility_timeout_is_longer_than_the_longest_task_in_all_three_places() -> None:  # J3
    from pathlib import Path

    from lms.settings import stores

    settings = stores.celery("redis://127.0.0.1:6379/0", "x", Path())
    limits = {
        settings["broker_transport_options"]["visibility_timeout"],
        settings["result_backend_transport_options"]["visibility_timeout"],
        settings["visibility_timeout"],
    }
    assert limits == {3600}
    assert settings["task_time_limit"] < 3600
