"""What people want to hear of: their own switches, times and muted courses, and the way out."""

from collections.abc import Callable
from typing import Any

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, Values, body, thing
from lms.tests.matrix.page_table import SENT, at, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World
from realtime.queries.way_out import way_back, way_out

# A point on the curve: the receiver of RFC 8291, appendix A.
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
MINE = p.signed_in(writes=True)
MINE_SENT = p.signed_in(SENT, writes=True)
INSIDERS = ("learner", "observer", "assistant", "instructor", "admin")
INSIDE = p.seen_by_members(p.only(*INSIDERS, ok=204))
INSIDE_SENT = p.seen_by_members(p.only(*INSIDERS, ok=SENT))


def _course(world: World) -> dict[str, str]:
    return {"course_id": world.course.public_id}


def _token(make: Callable[..., str]) -> Values:
    def found(world: World) -> dict[str, str]:
        return {"token": make(world.people["learner"], ["announcement"]).split("/")[3]}

    return found


def _times(_world: World) -> dict[str, Any]:
    return {
        "digest_hour": 6,
        "digest_day": 0,
        "review_hour": None,
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "quiet_days": [0, 1, 2],
    }


API = [
    Row(f"GET {V1}/me/notification-preferences/", p.signed_in()),
    Row(
        f"PUT {V1}/me/notification-preferences/{{kind}}/",
        MINE,
        lambda _world: {"kind": "announcement"},
        body(in_app=True, mail=False),
    ),
    Row(f"GET {V1}/me/notification-times/", p.signed_in()),
    Row(f"PUT {V1}/me/notification-times/", MINE, body=_times),
    Row(f"GET {V1}/me/muted-courses/", p.signed_in()),
    Row(f"PUT {V1}/me/muted-courses/{{course_id}}/", INSIDE, _course),
    Row(
        f"DELETE {V1}/me/muted-courses/{{course_id}}/",
        p.signed_in(404) | {"token": 403, "staff token": 403, "preview": 403},
        _course,
    ),
]
API += [
    Row(f"GET {V1}/me/push-key/", p.signed_in()),
    Row(f"GET {V1}/me/push-subscriptions/", p.signed_in()),
    Row(
        f"POST {V1}/me/push-subscriptions/",
        p.signed_in(201, writes=True),
        body=body(
            endpoint="https://fcm.googleapis.com/fcm/send/matrix",
            keys={"p256dh": P256DH, "auth": "BTBZMqHH6r4Tts7J_aSIgg"},
        ),
    ),
    Row(
        f"DELETE {V1}/me/push-subscriptions/{{browser_id}}/",
        p.own("learner", 204, reads=False) | {"staff token": 403, "preview": 403},
        thing("learner browser", "browser_id"),
    ),
]
PAGES = [
    get("/push/worker.js", p.public()),
    post(
        "/me/notifications/browsers/{browser_id}/",
        p.own("learner", SENT, reads=False) | {"preview": 403},
        at(browser_id="learner browser"),
    ),
    get("/me/notifications/settings/", p.signed_in()),
    post("/me/notifications/switches/", MINE_SENT),
    post("/me/notifications/digests/", MINE_SENT, digest_hour="6", digest_day="0"),
    post(
        "/me/notifications/quiet/",
        MINE_SENT,
        quiet_from="22:00",
        quiet_until="07:00",
        quiet_days="0",
    ),
    post("/me/notifications/mute/{course_id}/", INSIDE_SENT, _course),
    get("/mail/off/{token}/", p.public(), _token(way_out)),
    post("/mail/off/{token}/", p.public(), _token(way_out)),
    post("/mail/on/{token}/", p.public(), _token(way_back)),
]
