"""Who opens which page of the question bank and sends which form, beside those of questions."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import Values, tid
from lms.tests.matrix.page_table import SENT, T, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World

BANK = f"{T}/bank"
HIDDEN = 404


def at(verb: str = "", **things: str) -> Values:
    """The slug, things by brace, and a verb."""

    def found(world: World) -> dict[str, str]:
        ids = {brace: world.things[name].public_id for brace, name in things.items()}
        return {"slug": world.course.slug, "verb": verb, **ids}

    return found


def missing(*names: str, profile: p.Profile) -> p.Profile:
    """The same, but to these it is missing."""
    return profile | dict.fromkeys(names, HIDDEN)


MANAGERS = p.managers(SENT)
TEACHERS = p.page(p.teachers() | {"assistant": 200})


def sent_by_teachers(status: int) -> p.Profile:
    """Whoever teaches anywhere may send it."""
    return p.teachers(status, writes=True) | {"assistant": status}


ROWS: list[Row] = [
    post(f"{BANK}/own/", p.staff(SENT, writes=True), at()),
    get(f"{BANK}/shelf/", p.staff(), at()),
    post(f"{BANK}/shelf/", MANAGERS, at(), name="Fossils", parent=""),
    post(
        f"{BANK}/shelf/categories/{{category_id}}/{{verb}}/",
        MANAGERS,
        at("rename", category_id="question category"),
        name="Stones",
    ),
    post(
        f"{BANK}/shelf/tags/{{tag_id}}/{{verb}}/",
        MANAGERS,
        at("rename", tag_id="question tag"),
        name="lava",
    ),
    get(f"{BANK}/outcomes/", p.staff(), at()),
    post(f"{BANK}/outcomes/", MANAGERS, at(), code="G2", title="Name rocks"),
    post(
        f"{BANK}/outcomes/{{outcome_id}}/{{verb}}/",
        MANAGERS,
        at("save", outcome_id="outcome"),
        code="G1",
        title="Tell rocks apart at sight",
    ),
    get(f"{BANK}/shares/", p.managers(), at()),
    post(f"{BANK}/shares/", p.managers(400), at(), course="", email="", level="read"),
    post(
        f"{BANK}/shares/{{share_id}}/end/",
        missing("assistant", profile=MANAGERS),
        at(share_id="share"),
    ),
    get(
        f"{BANK}/trials/{{job_id}}/",
        missing("assistant", profile=p.staff()),
        at(job_id="code trial"),
    ),
    Row(f"{BANK}/bulk/", p.page(MANAGERS), at(), query="?verb=difficulty", note="nothing ticked"),
    post(
        f"{BANK}/bulk/",
        p.managers(),
        at(),
        verb="difficulty",
        difficulty="easy",
        act="look",
        id=tid("spare question"),
    ),
    post(
        f"{BANK}/bulk/{{edit_id}}/undo/",
        missing("assistant", "admin", profile=MANAGERS),
        at(edit_id="bulk edit"),
    ),
    Row("/me/questions/", TEACHERS, at()),
    post("/me/questions/new/", sent_by_teachers(SENT), at(), kind="essay"),
    post("/me/questions/bring/", sent_by_teachers(SENT), at(), course="", here="keep"),
    post("/me/questions/shares/", sent_by_teachers(400), at(), course="", email="", level="read"),
    post(
        "/me/questions/shares/{share_id}/end/",
        missing("assistant", "other instructor", profile=MANAGERS),
        at(share_id="share"),
    ),
]
