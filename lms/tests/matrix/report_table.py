"""Who takes reports: as files, by mail, and those of the institution."""

from django.core.files.uploadedfile import SimpleUploadedFile

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body, cid, thing
from lms.tests.matrix.page_table import READ_BY_STAFF, SENT, SENT_BY_STAFF, T, at, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World


def attributes(world: World) -> SimpleUploadedFile:
    """A table of attributes as a form brings it."""
    text = f"person,attribute,value\n{world.people['learner'].email},band,a\n"
    return SimpleUploadedFile("groups.csv", text.encode(), content_type="text/csv")


WEEKLY = {"every": "weekly", "weekday": 0, "hour": 8}
EXPORTS, MAILED = f"{V1}/analytics/exports", f"{V1}/analytics/report-schedules"
WHOLE, AUDITS = f"{V1}/analytics/institution", f"{V1}/analytics/fairness-audits"

ANALYSED = p.only("admin", "analyst")

API = [
    Row(f"GET {EXPORTS}/", p.staff(), query="?course={course}"),
    Row(f"POST {EXPORTS}/", p.staff(202, writes=True), body=body(course=cid, format="csv")),
    Row(f"GET {EXPORTS}/{{id}}/", p.own("instructor") | {"preview": 403}, thing("report export")),
    Row(
        f"GET {EXPORTS}/{{id}}/",
        p.only(others=404),
        thing("foreign export"),
        note="of somebody who left",
    ),
    Row(f"GET {MAILED}/", p.signed_in()),
    Row(
        f"POST {MAILED}/",
        p.staff(201, writes=True) | {"instructor": 200},
        body=body(course=cid, **WEEKLY),
    ),
    Row(f"GET {MAILED}/{{id}}/", p.own("instructor"), thing("report schedule")),
    Row(
        f"PUT {MAILED}/{{id}}/",
        p.own("instructor", reads=False),
        thing("report schedule"),
        body=body(**WEEKLY),
    ),
    Row(
        f"DELETE {MAILED}/{{id}}/", p.own("instructor", 204, reads=False), thing("report schedule")
    ),
    Row(f"GET {WHOLE}/", ANALYSED),
    Row(f"GET {WHOLE}/courses/", ANALYSED),
    Row(f"GET {WHOLE}/days/", ANALYSED),
    Row(f"GET {AUDITS}/", ANALYSED),
    Row(f"GET {AUDITS}/waiting/", ANALYSED),
    Row(f"POST {AUDITS}/", p.only("admin", ok=202), body=body(file=attributes), form=True),
]

PAGES = [
    get(f"{T}/analytics/exports/", READ_BY_STAFF),
    post(f"{T}/analytics/exports/", SENT_BY_STAFF, format="csv"),
    get(
        f"{T}/analytics/exports/{{export_id}}/",
        p.staff(404) | {"instructor": 200},
        at(export_id="report export"),
    ),
    get(
        f"{T}/analytics/exports/{{export_id}}/",
        p.staff(404),
        at(export_id="foreign export"),
        note="of somebody who left",
    ),
    get(f"{T}/analytics/mail/", READ_BY_STAFF),
    post(f"{T}/analytics/mail/", SENT_BY_STAFF, every="weekly", weekday="0", hour="8"),
    post(f"{T}/analytics/mail/stop/", SENT_BY_STAFF),
    get("/institution/fairness/", ANALYSED, lambda _world: {}),
    post("/institution/fairness/", p.only("admin", ok=SENT), lambda _world: {}, file=attributes),
    get("/me/progress/", p.signed_in(), lambda _world: {}),
    get("/institution/", ANALYSED, lambda _world: {}),
    get("/institution/courses.csv", ANALYSED, lambda _world: {}),
    get("/institution/days.csv", ANALYSED, lambda _world: {}),
    get("/reports/files/{token}/", p.public(404), lambda _world: {"token": "forged"}),
    get("/reports/off/{token}/", p.public(404), lambda _world: {"token": "forged"}),
]
