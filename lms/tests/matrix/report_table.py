"""Who takes reports: as files, by mail, and those of the institution."""

from django.core.files.uploadedfile import SimpleUploadedFile

from lms.tests.matrix import profiles as p
from lms.tests.matrix.page_table import READ_BY_STAFF, SENT, SENT_BY_STAFF, T, at, get, post
from lms.tests.world import World


def attributes(world: World) -> SimpleUploadedFile:
    """A table of attributes as a form brings it."""
    text = f"person,attribute,value\n{world.people['learner'].email},band,a\n"
    return SimpleUploadedFile("groups.csv", text.encode(), content_type="text/csv")


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
    get("/institution/fairness/", p.only("admin"), lambda _world: {}),
    post("/institution/fairness/", p.only("admin", ok=SENT), lambda _world: {}, file=attributes),
    get("/me/progress/", p.signed_in(), lambda _world: {}),
    get("/institution/", p.only("admin"), lambda _world: {}),
    get("/institution/courses.csv", p.only("admin"), lambda _world: {}),
    get("/institution/days.csv", p.only("admin"), lambda _world: {}),
    get("/reports/off/{token}/", p.public(404), lambda _world: {"token": "forged"}),
]
