"""Two workers at one person's mail: one of them sends it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from lms.kernel import clock
from lms.kernel.actors import Actor, system
from realtime.enums import Frequency, NotificationKind
from realtime.models import Letter, Notification
from realtime.services.mail import mail_person, queue_due_mail
from realtime.services.notify import mark_all_read, notify
from realtime.services.preferences import set_preference
from realtime.tests.factories import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], int], times: int) -> list[int]:
    """Run an act in threads of their own from one moment on, some minutes later."""
    start, later = Barrier(times), clock.now() + timedelta(minutes=5)

    def run(_number: int) -> int:
        start.wait(timeout=30)
        try:
            with clock.travel(later):
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(run, range(times)))


def burst(stage: Cast, count: int) -> None:
    for number in range(count):
        notify(
            actor=system("test"),
            kind=NotificationKind.MENTIONED,
            recipients=[stage.people["learner"].pk, stage.people["learner2"].pk],
            course=stage.course,
            key=f"k{number}",
            args={"course": stage.course.title, "subject": "Lea"},
            url="/c/x/",
        )


def test_two_workers_send_a_burst_as_one_mail() -> None:
    stage = cast()
    burst(stage, 40)
    learner = stage.people["learner"].pk
    assert at_once(lambda: mail_person(learner), 4) == [0, 0, 0, 40]
    assert [message.subject for message in mail.outbox] == [f"40 new in {stage.course.title}"]
    assert Letter.objects.get().things == 40
    assert not Notification.objects.filter(user=learner, mailed_at=None).exists()


def test_two_sweeps_queue_everybody_once() -> None:
    stage = cast()
    burst(stage, 3)
    assert sum(at_once(queue_due_mail, 3)) == 2


def test_telling_and_sending_at_once_loses_and_doubles_nothing() -> None:
    stage = cast()
    burst(stage, 5)
    learner = stage.people["learner"].pk

    def both() -> int:
        sent = mail_person(learner)
        burst(stage, 12)
        return sent + mail_person(learner)

    at_once(both, 3)
    with clock.travel(clock.now() + timedelta(hours=1)):
        mail_person(learner)
    assert Notification.objects.filter(user=learner).count() == 12
    assert not Notification.objects.filter(user=learner, mailed_at=None).exists()
    assert sum(Letter.objects.values_list("things", flat=True)) == 12
    assert len(mail.outbox) == Letter.objects.count()


def test_sending_switching_and_reading_at_once_never_wait_for_each_other() -> None:
    stage = cast()
    burst(stage, 120)
    learner, actor = stage.people["learner"].pk, stage.actor("learner")
    turns = iter(range(6))

    def act() -> int:
        turn = next(turns) % 3
        for _round in range(4):
            if turn == 0:
                mail_person(learner)
            elif turn == 1:
                switch(actor)
            else:
                mark_all_read(actor=actor)
        return 0

    assert at_once(act, 6) == [0] * 6
    assert len(mail.outbox) <= 1


def switch(actor: Actor) -> None:
    for frequency in (Frequency.DAILY, Frequency.AT_ONCE):
        set_preference(
            actor=actor,
            kind=NotificationKind.MENTIONED,
            in_app=True,
            mail=True,
            frequency=frequency,
        )
