"""Mail: one letter of many things, at the hours that people chose, never twice."""

import re
import smtplib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.enums import EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.models import Job
from realtime.enums import Frequency, NotificationKind
from realtime.models import Letter, Mailbox, Notification, NotificationPreference
from realtime.queries.letters import MOST_LINES
from realtime.services.mail import (
    NotTaken,
    forget_old_letters,
    mail_person,
    queue_due_mail,
)
from realtime.services.moderation import restrict_member
from realtime.services.notify import mark_all_read, mark_read, notify
from realtime.services.preferences import mute_course, set_digests, set_preference, set_quiet
from realtime.tests.deliver import deliver
from realtime.tests.factories import Cast, course_of, enrol

pytestmark = pytest.mark.django_db
QUIZ, CHAT = NotificationKind.QUIZ_PUBLISHED, NotificationKind.MENTIONED
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SEND = EmailBackend.send_messages


def tell(cast: Cast, key: str, *names: str, **changes: Any) -> int:
    given: dict[str, Any] = {
        "actor": system("test"),
        "kind": QUIZ,
        "recipients": [cast.people[name].pk for name in names or ("learner",)],
        "course": cast.course,
        "key": key,
        "args": {"course": cast.course.title, "subject": key},
        "url": f"/c/{key}/",
        **changes,
    }
    return notify(**given)


def subjects() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def body(number: int = -1) -> str:
    return str(mail.outbox[number].body)


@contextmanager
def server(
    monkeypatch: pytest.MonkeyPatch, problem: BaseException, *, takes: bool
) -> Iterator[None]:
    """A mail server that fails, having taken the mail or not."""

    def fail(self: Any, messages: Any) -> int:
        if takes:
            SEND(self, messages)
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        yield


# One thing.


def test_one_thing_is_a_mail_of_its_own(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_URL = "https://learn.example.org"
    tell(cast, "x", args={"course": "<Rivers> & co", "subject": "Two\nlines"}, url="/c/x/")
    deliver()
    (message,) = mail.outbox
    assert message.subject == "New quiz: Two lines"
    assert message.to == [cast.people["learner"].email]
    assert "<Rivers> & co has a new quiz for you." in message.body
    assert "https://learn.example.org/c/x/" in message.body
    assert "https://learn.example.org/me/notifications/settings/" in message.body
    (html, kind) = message.alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert "&lt;Rivers&gt; &amp; co" in html
    assert 'href="https://learn.example.org/me/notifications/settings/"' in html
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Message-ID"] == f"<{Letter.objects.get().public_id}@learn.example.org>"
    assert re.fullmatch(
        r"<https://learn\.example\.org/mail/off/[\w:.-]+/>", headers["List-Unsubscribe"]
    )


def test_mail_waits_a_moment_for_more(cast: Cast) -> None:
    begun = clock.now()
    tell(cast, "a")
    deliver(begun + timedelta(seconds=100))
    assert mail.outbox == []
    deliver(begun + timedelta(seconds=121))
    assert subjects() == ["New quiz: a"]


def test_urgent_mail_does_not_wait_and_takes_the_rest_along(cast: Cast) -> None:
    begun = clock.now()
    tell(cast, "a")
    tell(cast, "b", kind=NotificationKind.INVITED)
    deliver(begun + timedelta(seconds=1))
    assert subjects() == [f"2 new in {cast.course.title}"]
    deliver(begun + timedelta(hours=1))
    assert len(mail.outbox) == 1


def test_mail_of_a_person_who_left_is_not_sent(cast: Cast) -> None:
    tell(cast, "a")
    gone = cast.people["learner"]
    gone.is_active = False
    gone.save()
    deliver()
    assert mail_person(gone.pk) == 0
    assert mail.outbox == []


@pytest.mark.parametrize("state", [EnrolmentState.LEFT, EnrolmentState.REMOVED])
def test_a_digest_tells_nothing_of_a_course_that_was_left_meanwhile(cast: Cast, state: str) -> None:
    learner, begun = cast.people["learner"], clock.now()
    enrol(learner, cast.other_course)
    for kind in (QUIZ, NotificationKind.INVITED, CHAT):
        NotificationPreference.objects.create(user=learner, kind=kind, frequency=Frequency.WEEKLY)
    tell(cast, "the first quiz")
    tell(cast, "the second quiz", kind=CHAT)
    tell(cast, "again", kind=NotificationKind.INVITED)
    tell(cast, "other", course=cast.other_course)
    Enrolment.objects.filter(user=learner, course=cast.course).update(state=state)
    deliver(begun + timedelta(days=8))
    (message,) = mail.outbox
    assert message.subject == "2 new notifications"
    assert "first quiz" not in body()
    assert "second quiz" not in body()
    assert "other" in body()
    deliver(begun + timedelta(days=16))
    assert len(mail.outbox) == 1


def test_a_digest_tells_nothing_of_talk_from_which_one_is_banned(cast: Cast) -> None:
    learner, begun, forum = cast.people["learner"], clock.now(), NotificationKind.FORUM_THREAD
    enrol(learner, cast.other_course)
    for kind in (QUIZ, forum):
        NotificationPreference.objects.create(user=learner, kind=kind, frequency=Frequency.WEEKLY)
    tell(cast, "a thread told", kind=forum)
    tell(cast, "exam")
    tell(cast, "elsewhere", kind=forum, course=cast.other_course)
    staff = cast.actor("instructor")
    restrict_member(actor=staff, course=cast.course, person=learner, kind="ban")
    deliver(begun + timedelta(days=8))
    assert "thread told" not in body()
    assert "exam" in body()
    assert "elsewhere" in body()


def test_a_digest_tells_nothing_of_a_deleted_course(cast: Cast) -> None:
    tell(cast, "a")
    Course.objects.filter(pk=cast.course.pk).update(deleted_at=clock.now())
    deliver()
    assert mail.outbox == []


# Bursts.


def test_a_thousand_events_become_one_mail(cast: Cast) -> None:
    begun = clock.now()
    kinds = [QUIZ, CHAT, NotificationKind.GRADE_CHANGED]
    for number in range(1000):
        with clock.travel(begun + timedelta(milliseconds=60 * number)):
            args = {"course": cast.course.title, "subject": f"S{number // 100}"}
            assert tell(cast, f"k{number}", kind=kinds[number % 3], args=args) == 1
    for minute in (*range(0, 40, 5), 600, 1500):
        deliver(begun + timedelta(minutes=minute, seconds=1))
    assert subjects() == [f"1000 new in {cast.course.title}"]
    assert Notification.objects.filter(mailed_at=None).count() == 0
    assert "New quizzes: 334" in body()
    assert "Mentions of you and replies to you in chats: 333" in body()
    lines = [line for line in body().splitlines() if line.startswith("  - ")]
    assert len(lines) == MOST_LINES
    told = sum(int(n) for n in re.findall(r"\(\u00d7(\d+)\)", body()))
    assert f"and {1000 - told} more" in body()
    assert Letter.objects.get().things == 1000


def test_a_digest_goes_by_course_and_kind(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_URL = "https://learn.example.org"
    other = course_of(cast.people["other_instructor"], title="<Bridges>")
    enrol(cast.people["learner"], other)
    tell(cast, "a")
    tell(cast, "b")
    tell(cast, "c", course=other, args={"course": other.title, "subject": "<c>"}, kind=CHAT)
    tell(cast, "d", course=None, kind=NotificationKind.AI_BUDGET, args={"scope": "person"})
    deliver()
    (message,) = mail.outbox
    assert message.subject == "4 new notifications"
    words = str(message.body)
    order = [cast.course.title, "New quiz: b", "New quiz: a", other.title, "Everything else"]
    places = [words.index(f"{one}\n") for one in order]
    assert places == sorted(places)
    assert "https://learn.example.org/c/b/" in words
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert "&lt;Bridges&gt;" in html
    assert "<c>" not in html
    assert message.alternatives[0][1] == "text/html"  # type: ignore[attr-defined]


def test_mails_of_one_person_keep_a_quarter_of_an_hour(cast: Cast) -> None:
    begun = clock.now()
    for minute in range(60):
        with clock.travel(begun + timedelta(minutes=minute)):
            tell(cast, f"k{minute}")
        deliver(begun + timedelta(minutes=minute, seconds=59))
    assert len(mail.outbox) == 4


def test_what_was_read_here_is_not_mailed(cast: Cast) -> None:
    tell(cast, "a")
    tell(cast, "b")
    row = Notification.objects.get(key="a")
    mark_read(actor=cast.actor("learner"), notification=row)
    deliver()
    assert subjects() == ["New quiz: b"]
    tell(cast, "c")
    mark_all_read(actor=cast.actor("learner"))
    deliver(clock.now() + timedelta(hours=1))
    assert len(mail.outbox) == 1


# Digests, quiet hours, off.


def daily(cast: Cast, frequency: Frequency = Frequency.DAILY) -> None:
    set_preference(
        actor=cast.actor("learner"), kind=QUIZ, in_app=True, mail=True, frequency=frequency
    )


def test_a_digest_comes_at_its_hour_where_the_person_is(cast: Cast) -> None:
    learner = cast.people["learner"]
    learner.time_zone = "Asia/Tokyo"
    learner.save()
    with clock.travel(MONDAY):
        daily(cast)
        set_digests(actor=cast.actor("learner"), hour=6, weekday=3, review_hour=None)
        tell(cast, "a")
        tell(cast, "b")
    deliver(MONDAY + timedelta(hours=8, minutes=59))  # 5:59 in Tokyo
    assert mail.outbox == []
    deliver(MONDAY + timedelta(hours=9))
    assert subjects() == [f"2 new in {cast.course.title}"]
    deliver(MONDAY + timedelta(days=2))
    assert len(mail.outbox) == 1


def test_a_weekly_digest_waits_for_its_day(cast: Cast) -> None:
    with clock.travel(MONDAY):
        daily(cast, Frequency.WEEKLY)
        set_digests(actor=cast.actor("learner"), hour=6, weekday=3, review_hour=None)
        tell(cast, "a")
        tell(cast, "now", kind=CHAT)
    deliver(MONDAY + timedelta(hours=1))
    assert subjects() == ["now speaks to you in the chat"]
    deliver(MONDAY + timedelta(days=2, hours=17))
    assert len(mail.outbox) == 1
    deliver(MONDAY + timedelta(days=2, hours=18))  # Thursday, 6:00
    assert subjects()[1:] == ["New quiz: a"]


def test_what_waits_follows_a_new_choice(cast: Cast) -> None:
    with clock.travel(MONDAY):
        daily(cast, Frequency.WEEKLY)
        tell(cast, "a")
        daily(cast, Frequency.AT_ONCE)
    deliver(MONDAY + timedelta(minutes=3))
    assert subjects() == ["New quiz: a"]
    with clock.travel(MONDAY + timedelta(hours=1)):
        tell(cast, "b")
        daily(cast)
    deliver(MONDAY + timedelta(hours=2))
    assert len(mail.outbox) == 1
    deliver(MONDAY + timedelta(hours=20))
    assert subjects()[1:] == ["New quiz: b"]


def quiet(cast: Cast, days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)) -> None:
    set_quiet(actor=cast.actor("learner"), start=time(11), end=time(13), days=days)


def test_mail_waits_for_the_end_of_quiet_hours(cast: Cast) -> None:
    with clock.travel(MONDAY):
        quiet(cast)
        tell(cast, "a")
        tell(cast, "b", kind=NotificationKind.INVITED)
    deliver(MONDAY + timedelta(minutes=59))
    assert mail.outbox == []
    deliver(MONDAY + timedelta(minutes=60))
    assert subjects() == [f"2 new in {cast.course.title}"]


def test_quiet_hours_that_begin_meanwhile_hold_back_and_let_go_when_taken_away(cast: Cast) -> None:
    with clock.travel(MONDAY):
        tell(cast, "a")
        quiet(cast)
    deliver(MONDAY + timedelta(minutes=5))
    assert mail.outbox == []
    with clock.travel(MONDAY + timedelta(minutes=10)):
        set_quiet(actor=cast.actor("learner"), start=None, end=None, days=[])
    deliver(MONDAY + timedelta(minutes=13))
    assert subjects() == ["New quiz: a"]


def test_quiet_hours_of_other_days_hold_nothing_back(cast: Cast) -> None:
    with clock.travel(MONDAY):
        quiet(cast, days=(1, 2))
        tell(cast, "a")
    deliver(MONDAY + timedelta(minutes=5))
    assert subjects() == ["New quiz: a"]


@pytest.mark.parametrize("kind", NotificationKind)
@pytest.mark.parametrize("before", [True, False])
def test_off_is_off_for_every_kind(cast: Cast, kind: NotificationKind, before: bool) -> None:
    def off() -> None:
        set_preference(actor=cast.actor("learner"), kind=kind, in_app=False, mail=False)

    if before:
        off()
    tell(cast, "a", kind=kind)
    off()
    deliver(clock.now() + timedelta(days=8))
    assert mail.outbox == []
    assert Notification.objects.filter(in_app=True).exists() is not before


def test_a_muted_course_is_listed_and_disturbs_nobody(cast: Cast, pushed: list[Any]) -> None:
    tell(cast, "a")
    mute_course(actor=cast.actor("learner"), course=cast.course)
    tell(cast, "b")
    tell(cast, "c", course=cast.other_course, args={"course": "x", "subject": "c"})
    deliver()
    assert subjects() == ["New quiz: c"]
    rows = {row.key: row for row in Notification.objects.all()}
    assert rows["b"].in_app
    assert rows["b"].read_at is not None
    assert [rows["a"].read_at, rows["c"].read_at] == [None, None]


# Refusals and deaths.


@pytest.mark.parametrize(
    "problem",
    [
        smtplib.SMTPRecipientsRefused({}),
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPServerDisconnected("away"),
        TimeoutError(),
    ],
)
def test_mail_that_the_server_refuses_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, problem: OSError
) -> None:
    begun = clock.now()
    tell(cast, "a")
    with server(monkeypatch, problem, takes=False):
        (job,) = deliver(begun + timedelta(minutes=3))
    assert job.result == {"sent": 0, "failed": 1}
    assert deliver(begun + timedelta(minutes=7)) == []
    (job,) = deliver(begun + timedelta(minutes=9))
    assert job.result == {"sent": 1, "failed": 0}
    assert subjects() == ["New quiz: a"]
    assert deliver(begun + timedelta(hours=9)) == []


def test_one_refused_address_does_not_hold_up_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(cast, "a", "learner", "learner2")
    refused = cast.people["learner"].email

    def refuse(self: Any, messages: Any) -> Any:
        if messages[0].to == [refused]:
            raise smtplib.SMTPRecipientsRefused({})
        return SEND(self, messages)

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        (job,) = deliver()
    assert job.result == {"sent": 1, "failed": 1}


def test_a_letter_that_may_have_arrived_goes_again_as_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    tell(cast, "a")
    with server(monkeypatch, TimeoutError(), takes=True):
        deliver(begun + timedelta(minutes=3))
    with clock.travel(begun + timedelta(minutes=4)):
        tell(cast, "b")
    deliver(begun + timedelta(minutes=30))
    deliver(begun + timedelta(minutes=50))
    assert subjects() == ["New quiz: a", "New quiz: a", "New quiz: b"]
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert ids[0] == ids[1] != ids[2]


def test_after_a_certain_refusal_the_next_letter_tells_all(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    tell(cast, "a")
    with server(monkeypatch, smtplib.SMTPDataError(451, b"later"), takes=False):
        deliver(begun + timedelta(minutes=3))
    tell(cast, "b")
    deliver(begun + timedelta(minutes=30))
    assert subjects() == [f"2 new in {cast.course.title}"]
    assert Letter.objects.count() == 1


def test_a_day_of_refusals_is_enough(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = clock.now()
    tell(cast, "a")
    with server(monkeypatch, smtplib.SMTPDataError(451, b"later"), takes=False):
        for hour in range(26):
            deliver(begun + timedelta(hours=hour, minutes=3))
    assert deliver(begun + timedelta(hours=30)) == []
    with clock.travel(begun + timedelta(hours=31)):
        tell(cast, "b")
    deliver(begun + timedelta(hours=32))
    assert subjects() == ["New quiz: b"]


def test_a_worker_that_dies_while_sending_sends_nothing_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    tell(cast, "a")
    with (
        server(monkeypatch, KeyboardInterrupt(), takes=True),
        clock.travel(begun + timedelta(minutes=3)),
        pytest.raises(KeyboardInterrupt),
    ):
        mail_person(cast.people["learner"].pk)
    for hour in range(1, 30):
        deliver(begun + timedelta(hours=hour))
    assert subjects() == ["New quiz: a"]
    letter = Letter.objects.get()
    assert (letter.handed_at is None, letter.sent_at) == (False, None)


def test_nobody_is_queued_twice_and_a_lost_job_is_made_anew(cast: Cast) -> None:
    begun = clock.now()
    tell(cast, "a", "learner", "learner2")
    for seconds, queued in ((130, 2), (145, 0), (160, 0), (800, 2)):
        with clock.travel(begun + timedelta(seconds=seconds)):
            assert queue_due_mail() == queued
    assert Job.objects.count() == 2
    assert mail_person(cast.people["learner"].pk) == 0  # by now it is not due yet


def test_rows_of_an_earlier_version_are_mailed(cast: Cast) -> None:
    tell(cast, "a")
    Notification.objects.update(mail_due=None)
    deliver()
    assert subjects() == ["New quiz: a"]
    old = clock.now() - timedelta(days=3)
    with clock.travel(old):
        tell(cast, "b")
    Notification.objects.filter(key="b").update(mail_due=None)
    assert deliver(clock.now() + timedelta(hours=1)) == []


def test_old_letters_are_forgotten(cast: Cast) -> None:
    tell(cast, "a")
    deliver()
    with clock.travel(clock.now() + timedelta(days=91)):
        forget_old_letters()
    assert not Letter.objects.exists()
    assert Notification.objects.get().letter is None


def test_many_people_are_queued_in_few_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    tell(cast, "a", "learner", "learner2", "assistant", "instructor", "observer", "admin")
    with clock.travel(clock.now() + timedelta(minutes=3)), django_assert_max_num_queries(10):
        assert queue_due_mail() == 6


# Whatever happens, nothing is mailed twice, and nothing is lost but in the hands of a dead worker.

ACTS = st.one_of(
    st.tuples(st.just("tell"), st.sampled_from([QUIZ, CHAT])),
    st.tuples(st.just("frequency"), st.sampled_from(list(Frequency))),
    st.tuples(st.just("wait"), st.sampled_from([1, 3, 17, 60, 700])),
    st.tuples(st.just("quiet"), st.booleans()),
    st.tuples(st.just("deliver"), st.sampled_from(["taken", "refused", "broken", "dies"])),
    st.tuples(st.just("read"), st.integers(0, 30)),
)


class History:
    """One person's notifications through good and bad days."""

    def __init__(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cast, self.monkeypatch, self.now = cast, monkeypatch, MONDAY
        self.number, self.seen, self.lost = 0, set[str](), set[str]()

    def act(self, what: str, value: Any) -> None:
        with clock.travel(self.now):
            getattr(self, what)(value)

    def tell(self, kind: NotificationKind) -> None:
        self.number += 1
        tell(self.cast, f"N{self.number};", kind=kind)

    def frequency(self, value: Frequency) -> None:
        daily(self.cast, value)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def quiet(self, on: bool) -> None:
        actor = self.cast.actor("learner")
        ends = (time(11), time(19)) if on else (None, None)
        set_quiet(actor=actor, start=ends[0], end=ends[1], days=[0, 1, 2, 3, 4, 5, 6])

    def deliver(self, outcome: str) -> None:
        problem: BaseException = {
            "refused": smtplib.SMTPDataError(451, b"later"),
            "broken": TimeoutError(),
            "dies": KeyboardInterrupt(),
        }.get(outcome, OSError())
        if outcome == "taken":
            mail_person(self.cast.people["learner"].pk)
            return
        unsent = set(Notification.objects.filter(mailed_at=None).values_list("key", flat=True))
        with server(self.monkeypatch, problem, takes=False):
            try:
                mail_person(self.cast.people["learner"].pk)
            except KeyboardInterrupt:
                left = Notification.objects.filter(mailed_at=None).values_list("key", flat=True)
                self.lost |= unsent - set(left)
            except NotTaken:
                pass

    def read(self, number: int) -> None:
        row = Notification.objects.filter(key=f"N{number};").first()
        if row is not None:
            mark_read(actor=self.cast.actor("learner"), notification=row)
            self.seen.add(row.key)


@given(st.lists(ACTS, max_size=40))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_history_mails_anything_twice_or_loses_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, acts: list[tuple[str, Any]]
) -> None:
    for model in (Notification, Letter, Mailbox, NotificationPreference):
        model.objects.all().delete()
    mail.outbox.clear()
    history = History(cast, monkeypatch)
    history.quiet(on=False)
    for what, value in acts:
        history.act(what, value)
    for _day in range(9):
        history.now += timedelta(hours=27)
        history.act("deliver", "taken")
        history.now += timedelta(minutes=20)
        history.act("deliver", "taken")
    told = Counter(
        key
        for message in mail.outbox
        for key in set(re.findall(r"N\d+;", message.subject + str(message.body)))
    )
    assert [key for key, times in told.items() if times > 1] == []
    keys = set(Notification.objects.values_list("key", flat=True))
    assert keys - set(told) <= history.seen | history.lost
