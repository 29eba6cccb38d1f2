"""Push to browsers: one of many things, at no quiet hour, until the service takes it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from accounts.services.people import deactivate_person
from accounts.services.privacy import erase_person
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.models import Job
from realtime.enums import NotificationKind
from realtime.models import Notification, PushDelivery, PushSubscription
from realtime.services.browser_push import (
    JOB,
    deliver_push,
    payload_of,
    prepare_pushes,
    queue_pushes,
)
from realtime.services.browsers import MOST_BROWSERS, add_browser, remove_browser
from realtime.services.notify import mark_all_read
from realtime.services.preferences import mute_course, set_preference, set_quiet
from realtime.tests.factories import Cast, outcome
from realtime.tests.push_service import PushService, Receiver, push_service
from realtime.tests.services.test_mail import tell

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FCM = "https://fcm.googleapis.com/fcm/send/"
QUIZ = NotificationKind.QUIZ_PUBLISHED


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


def browser(
    cast: Cast, who: str = "learner", endpoint: str = f"{FCM}abc", **more: Any
) -> PushSubscription:
    keys = Receiver().keys
    return add_browser(actor=cast.actor(who), endpoint=endpoint, **{**keys, **more})


def at_service(cast: Cast, service: PushService) -> Receiver:
    """A browser of the learner behind the service of this test."""
    receiver = Receiver()
    PushSubscription.objects.create(
        user=cast.people["learner"], endpoint=service.address(), **receiver.keys
    )
    return receiver


def sweep(service: PushService, at: datetime | None = None) -> list[bool]:
    """What the sweep and a worker do; whether each push was taken."""
    with clock.travel(at or clock.now()):
        prepare_pushes()
        queue_pushes()
        jobs = Job.objects.filter(kind=JOB, state="queued")
        ids = [pk for job in jobs for pk in job.params["deliveries"]]
        jobs.update(state="succeeded")
        return [deliver_push(delivery_id=pk, guard=service.guard()) for pk in ids]


def shown(receiver: Receiver, service: PushService) -> list[dict[str, Any]]:
    return [json.loads(receiver.open(body)) for _path, _headers, body in service.heard]


# Browsers.


def test_a_browser_is_switched_on_once_and_belongs_to_the_last(cast: Cast) -> None:
    first = browser(cast, name="Chrome, Linux")
    assert browser(cast, name="Chrome").pk == first.pk
    other = browser(cast, "learner2")
    assert PushSubscription.objects.get() == other
    assert other.user == cast.people["learner2"]


def test_the_oldest_of_too_many_browsers_goes(cast: Cast) -> None:
    for number in range(MOST_BROWSERS + 2):
        browser(cast, endpoint=f"{FCM}{number}")
    kept = PushSubscription.objects.order_by("pk").values_list("endpoint", flat=True)
    assert [one.rpartition("/")[2] for one in kept] == [
        str(number) for number in range(2, MOST_BROWSERS + 2)
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://10.0.0.1/x"}, "endpoint"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint"),
        ({"p256dh": "x"}, "keys"),
        ({"auth": "x"}, "keys"),
        ({"name": "two\nlines"}, "name"),
    ],
)
def test_what_is_no_browser_is_refused_by_its_field(
    cast: Cast, change: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        browser(cast, **change)
    assert list(refused.value.errors) == [field]
    assert not PushSubscription.objects.exists()


def test_without_a_key_there_is_no_push(cast: Cast, settings: Any) -> None:
    settings.PUSH_KEY = ""
    with pytest.raises(Conflict) as refused:
        browser(cast)
    assert refused.value.code == "push_not_set_up"


def test_a_browser_is_switched_off_by_its_owner_alone(cast: Cast) -> None:
    row = browser(cast)
    for who, status in {"learner2": 404, "admin": 404, "read_token": 403, "anonymous": 401}.items():
        act = lambda who=who: remove_browser(  # noqa: E731
            actor=cast.actor(who), browser_id=row.public_id
        )
        assert outcome(act) == status, who
    remove_browser(actor=cast.actor("learner"), browser_id=row.public_id)
    with pytest.raises(NotFound):
        remove_browser(actor=cast.actor("learner"), browser_id=row.public_id)


def test_browsers_end_with_access_and_account(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    browser(cast)
    browser(cast, "learner2", endpoint=f"{FCM}2")
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_person(actor=cast.actor("admin"), person=cast.people["learner"])
        erase_person(actor=cast.actor("admin"), person=cast.people["learner2"])
    assert not PushSubscription.objects.exists()


# Pushing.


def test_a_push_says_kind_and_number_and_no_word_of_anybody(
    cast: Cast, service: PushService
) -> None:
    receiver = at_service(cast, service)
    tell(cast, "a", args={"course": "Secret course", "subject": "Secret words"})
    assert sweep(service) == [True]
    row = Notification.objects.get()
    assert shown(receiver, service) == [
        {
            "id": row.public_id,
            "kind": "quiz_published",
            "title": "New quizzes",
            "body": "1 new",
            "url": f"/me/notifications/?show=unread#n-{row.public_id}",
        }
    ]
    assert sweep(service, clock.now() + timedelta(hours=1)) == []
    assert not PushDelivery.objects.exists()
    assert PushSubscription.objects.get().used_at is not None


def test_a_burst_is_two_pushes(cast: Cast, service: PushService) -> None:
    receiver = at_service(cast, service)
    begun = clock.now()
    for number in range(60):
        with clock.travel(begun + timedelta(milliseconds=900 * number)):
            tell(cast, f"k{number}", kind=QUIZ if number % 2 else NotificationKind.MENTIONED)
        if number % 15 == 0:
            sweep(service, begun + timedelta(milliseconds=900 * number))
    sweep(service, begun + timedelta(seconds=70))
    found = shown(receiver, service)
    assert [one["body"] for one in found] == ["1 new", "59 new"]
    assert [one["title"] for one in found] == [
        "Mentions of you and replies to you in chats",
        "New notifications",
    ]


def test_pushes_wait_for_the_end_of_quiet_hours(cast: Cast, service: PushService) -> None:
    receiver = at_service(cast, service)
    with clock.travel(MONDAY):
        set_quiet(actor=cast.actor("learner"), start=time(11), end=time(13), days=[0])
        tell(cast, "a")
        tell(cast, "b")
    assert sweep(service, MONDAY + timedelta(minutes=59)) == []
    assert sweep(service, MONDAY + timedelta(minutes=60)) == [True]
    assert [one["body"] for one in shown(receiver, service)] == ["2 new"]


def test_quiet_hours_taken_away_let_pushes_go(cast: Cast, service: PushService) -> None:
    at_service(cast, service)
    with clock.travel(MONDAY):
        set_quiet(actor=cast.actor("learner"), start=time(11), end=time(13), days=[0])
        tell(cast, "a")
    sweep(service, MONDAY)
    with clock.travel(MONDAY + timedelta(minutes=1)):
        set_quiet(actor=cast.actor("learner"), start=None, end=None, days=[])
    assert sweep(service, MONDAY + timedelta(minutes=2)) == [True]


@pytest.mark.parametrize("kind", NotificationKind)
@pytest.mark.parametrize("before", [True, False])
def test_off_is_off_for_every_kind(
    cast: Cast, service: PushService, kind: NotificationKind, before: bool
) -> None:
    at_service(cast, service)

    def off() -> None:
        actor = cast.actor("learner")
        set_preference(actor=actor, kind=kind, in_app=True, mail=True, push=False)

    if before:
        off()
    tell(cast, "a", kind=kind)
    off()
    assert sweep(service) == []
    assert Notification.objects.get().mail


def test_what_is_read_muted_or_old_is_not_pushed(cast: Cast, service: PushService) -> None:
    at_service(cast, service)
    tell(cast, "a")
    mark_all_read(actor=cast.actor("learner"))
    assert sweep(service) == []
    tell(cast, "b")
    mute_course(actor=cast.actor("learner"), course=cast.course)
    tell(cast, "c")
    assert sweep(service) == []
    tell(cast, "d", course=cast.other_course)
    assert sweep(service, clock.now() + timedelta(hours=25)) == []


def test_nobody_without_a_browser_has_anything_waiting(cast: Cast) -> None:
    tell(cast, "a")
    assert not Notification.objects.get().push


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(cast: Cast, service: PushService, status: int) -> None:
    at_service(cast, service)
    service.status = status
    tell(cast, "a")
    assert sweep(service) == [False]
    assert not PushSubscription.objects.exists()
    assert not PushDelivery.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_a_service_cannot_take_is_tried_again(
    cast: Cast, service: PushService, status: int
) -> None:
    receiver = at_service(cast, service)
    begun = clock.now()
    service.status = status
    tell(cast, "a")
    assert sweep(service) == [False]
    assert sweep(service, begun + timedelta(seconds=30)) == []
    assert sweep(service, begun + timedelta(seconds=70)) == [False]
    service.status = 201
    assert sweep(service, begun + timedelta(minutes=10)) == [True]
    assert len(shown(receiver, service)) == 3
    assert sweep(service, begun + timedelta(hours=1)) == []


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 413])
def test_what_a_service_will_never_take_is_dropped_and_nothing_followed(
    cast: Cast, service: PushService, status: int
) -> None:
    at_service(cast, service)
    service.status = status
    tell(cast, "a")
    assert sweep(service) == [False]
    assert PushSubscription.objects.exists()
    assert not PushDelivery.objects.exists()
    assert [path for path, _headers, _body in service.heard] == ["/send/abc"]


def test_an_address_inside_is_never_reached_and_given_up(cast: Cast, service: PushService) -> None:
    begun = clock.now()
    inside = service.address(host="inside.example")
    PushSubscription.objects.create(user=cast.people["learner"], endpoint=inside, **Receiver().keys)
    tell(cast, "a")
    for minutes in range(0, 400, 25):
        sweep(service, begun + timedelta(minutes=minutes))
    assert service.heard == []
    assert not PushDelivery.objects.exists()


def test_two_browsers_fail_and_succeed_by_themselves(cast: Cast, service: PushService) -> None:
    receiver = at_service(cast, service)
    PushSubscription.objects.create(
        user=cast.people["learner"],
        endpoint=service.address(host="inside.example"),
        **Receiver().keys,
    )
    tell(cast, "a")
    assert sorted(sweep(service)) == [False, True]
    assert len(shown(receiver, service)) == 1
    assert PushDelivery.objects.count() == 1


def test_a_person_who_left_is_told_nothing(cast: Cast, service: PushService) -> None:
    at_service(cast, service)
    tell(cast, "a")
    prepare_pushes()
    gone = cast.people["learner"]
    gone.is_active = False
    gone.save()
    (row,) = PushDelivery.objects.all()
    assert not deliver_push(delivery_id=row.pk, guard=service.guard())
    assert not deliver_push(delivery_id=row.pk, guard=service.guard())
    assert service.heard == []


def test_the_payload_of_every_kind_is_short(cast: Cast) -> None:
    row = PushDelivery(subscription=browser(cast), notification="x" * 22, things=10_000)
    for kind in (*NotificationKind.values, "", "gone"):
        row.kind = kind
        assert len(payload_of(row)) < 500
