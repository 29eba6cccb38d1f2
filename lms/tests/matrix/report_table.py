"""Who takes reports: as files, by mail, and those of the institution."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.page_table import READ_BY_STAFF, SENT_BY_STAFF, T, at, get, post

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
    get("/me/progress/", p.signed_in(), lambda _world: {}),
    get("/institution/", p.only("admin"), lambda _world: {}),
    get("/institution/courses.csv", p.only("admin"), lambda _world: {}),
    get("/institution/days.csv", p.only("admin"), lambda _world: {}),
    get("/reports/off/{token}/", p.public(404), lambda _world: {"token": "forged"}),
]
