import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from lms.kernel import clock
from lms.kernel.actors import Actor, ActorKind, system
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.jobs import Cancelled, JobRun, LeaseLost, cancel_job, describe, enqueue, registry
from lms.kernel.jobs.reap import TIRED, reap
from lms.kernel.jobs.run import claim, run_job
from lms.kernel.models import Job, JobState
from lms.kernel.testing import run_jobs

ACTOR = Actor(kind=ActorKind.USER, user_id=5)
KIND = "kernel.test_job"


@pytest.fixture
def work() -> Iterator[list[Any]]:
    """Register a handler that runs whatever stands in the list."""
    steps: list[Any] = []

    def handler(run: JobRun) -> dict[str, Any] | None:
        return steps[0](run) if steps else {"stones": run.params["stones"]}

    registry.register(KIND, "default", handler)
    yield steps
    registry._handlers.pop(KIND)


@pytest.mark.django_db
def test_a_job_runs_to_its_result(work: list[Any]) -> None:
    job = enqueue(KIND, actor=ACTOR, params={"stones": 3}, course_id=4)
    assert (job.state, job.queue, job.course_id) == (JobState.QUEUED, "default", 4)
    [done] = run_jobs(KIND)
    assert describe(done) == {
        "id": job.public_id,
        "kind": KIND,
        "state": "succeeded",
        "progress": 100,
        "message": "",
        "result": {"stones": 3},
        "error": None,
        "created_at": job.created_at,
        "finished_at": done.finished_at,
    }
    run_job(job.pk)  # delivered twice: the second finds nothing to do
    done.refresh_from_db()
    assert done.attempt == 1


@pytest.mark.django_db
def test_enqueue_returns_the_first_job_for_the_same_key(work: list[Any]) -> None:
    first = enqueue(KIND, actor=ACTOR, params={}, idempotency_key="once")
    assert enqueue(KIND, actor=ACTOR, params={}, idempotency_key="once").pk == first.pk
    with pytest.raises(KeyError):
        enqueue("kernel.unknown", actor=ACTOR, params={})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Invalid("The text is empty."), "The text is empty."),
        (RuntimeError("secret detail"), "Something went wrong on our side."),
    ],
)
def test_a_failing_job_ends_in_words(work: list[Any], problem: Exception, words: str) -> None:  # P6
    def fail(_run: JobRun) -> None:
        raise problem

    work.append(fail)
    enqueue(KIND, actor=ACTOR, params={})
    [job] = run_jobs(KIND)
    assert job.state == JobState.FAILED
    assert job.error.startswith(words)
    assert "secret" not in job.error


@pytest.mark.django_db
def test_progress_is_kept_and_a_cancel_stops_at_the_next_checkpoint(work: list[Any]) -> None:
    seen: list[int] = []

    def slow(run: JobRun) -> None:
        run.progress(40, "four of ten")
        run.add_cost(7)
        seen.append(Job.objects.get(pk=run.job_id).progress)
        cancel_job(actor=ACTOR, job=Job.objects.get(pk=run.job_id))
        run.progress(50)
        seen.append(99)

    work.append(slow)
    enqueue(KIND, actor=ACTOR, params={})
    [job] = run_jobs(KIND)
    assert seen == [40]
    assert (job.state, job.cost) == (JobState.CANCELLED, 7)
    with pytest.raises(Conflict):
        cancel_job(actor=ACTOR, job=job)


@pytest.mark.django_db
def test_a_queued_job_is_cancelled_at_once(work: list[Any]) -> None:
    job = cancel_job(actor=ACTOR, job=enqueue(KIND, actor=ACTOR, params={}))
    assert job.state == JobState.CANCELLED
    assert run_jobs(KIND) == []


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing(work: list[Any]) -> None:  # J2
    job = enqueue(KIND, actor=ACTOR, params={"stones": 1})
    first = claim(job.pk)
    assert first is not None
    assert claim(job.pk) is None
    with clock.travel(clock.now() + timedelta(seconds=31)):
        second = claim(job.pk)
        assert second is not None
        with pytest.raises(LeaseLost):
            first.checkpoint()
        with pytest.raises(LeaseLost):
            first.progress(10)
        assert not first.finish(JobState.SUCCEEDED, result={"stolen": True})
        assert not first.beat()
        assert second.beat()
        assert second.finish(JobState.SUCCEEDED, result={"stones": 1})
    job.refresh_from_db()
    assert (job.result, job.attempt) == ({"stones": 1}, 2)


@pytest.mark.django_db
def test_reaper_requeues_three_times_then_fails_in_words(work: list[Any]) -> None:
    job = enqueue(KIND, actor=ACTOR, params={})
    now = clock.now()
    for attempt in range(1, 4):
        with clock.travel(now + timedelta(minutes=attempt)):
            assert claim(job.pk) is not None
        with clock.travel(now + timedelta(minutes=attempt, seconds=40)):
            counts = reap()
        assert counts["requeued"] == (1 if attempt < 3 else 0)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, TIRED)


@pytest.mark.django_db
def test_reaper_rings_a_bell_that_nobody_heard(work: list[Any]) -> None:
    job = enqueue(KIND, actor=ACTOR, params={})
    assert job.rung_at is None  # this test's transaction never commits, so nothing rang
    assert reap()["rung"] == 0
    with clock.travel(clock.now() + timedelta(seconds=5)):
        assert reap()["rung"] == 1
        assert reap()["rung"] == 0
    with clock.travel(clock.now() + timedelta(seconds=90)):
        assert reap()["rung"] == 1


@pytest.mark.django_db
def test_a_job_acts_with_the_rights_its_creator_has_now(work: list[Any]) -> None:
    enqueue(KIND, actor=Actor(kind=ActorKind.USER, user_id=987654), params={})
    enqueue(KIND, actor=system("nightly"), params={})
    kinds: list[ActorKind] = []
    work.append(lambda run: kinds.append(run.actor().kind))
    run_jobs(KIND)
    assert kinds == [ActorKind.ANONYMOUS, ActorKind.SYSTEM]


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_workers_gets_a_job(work: list[Any]) -> None:
    with transaction.atomic():
        job = enqueue(KIND, actor=ACTOR, params={"stones": 1})
    got: list[bool] = []

    def race() -> None:
        got.append(claim(job.pk) is not None)
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


def test_register_refuses_an_unknown_queue() -> None:
    with pytest.raises(ValueError, match="no queue"):
        registry.register("kernel.x", "express", lambda _run: None)
    assert issubclass(Cancelled, Exception)
