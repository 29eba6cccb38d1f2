"""Who opens which page of the gradebook and sends which form."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import Values
from lms.tests.matrix.page_table import SENT, C, T, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World

BOOK = f"{T}/gradebook"
COLUMN = f"{BOOK}/columns/{{item_id}}"


def at(verb: str = "", **things: str) -> Values:
    """The slug, the learner, things by brace, and a verb."""

    def found(world: World) -> dict[str, str]:
        ids = {brace: world.things[name].public_id for brace, name in things.items()}
        learner = world.people["learner"].public_id
        return {"slug": world.course.slug, "learner_id": learner, "verb": verb, **ids}

    return found


QUIZ = at(item_id="quiz column")
ROWS: list[Row] = [
    get(f"{C}/grades/transcript/", p.only("learner"), at()),
    get(f"{C}/grades/transcript.pdf", p.only("learner"), at()),
    get(f"{BOOK}/", p.staff(), at()),
    get(f"{BOOK}/cells/{{item_id}}/{{learner_id}}/", p.staff(), QUIZ),
    post(
        f"{BOOK}/cells/{{item_id}}/{{learner_id}}/",
        p.staff(SENT, writes=True),
        at(item_id="talk column"),
        score="5",
        status="graded",
        version="0",
    ),
    get(f"{BOOK}/export.csv", p.staff(), at()),
    get(f"{BOOK}/export.xlsx", p.staff(), at()),
    get(f"{BOOK}/import/", p.staff(writes=True), at()),
    get(f"{BOOK}/setup/", p.managers(), at()),
    get(f"{BOOK}/categories/new/", p.managers(), at()),
    post(
        f"{BOOK}/categories/new/",
        p.managers(SENT),
        at(),
        name="Talks",
        rule="mean",
        weight="1",
        drop_lowest="0",
        drop_highest="0",
    ),
    get(f"{BOOK}/categories/{{category_id}}/", p.managers(), at(category_id="category")),
    post(
        f"{BOOK}/categories/{{category_id}}/",
        p.managers(SENT),
        at(category_id="category"),
        remove="1",
    ),
    get(f"{BOOK}/statuses/new/", p.managers(), at()),
    post(
        f"{BOOK}/statuses/new/",
        p.managers(SENT),
        at(),
        name="Withdrawn",
        sign="wd",
        colour="info",
        effect="zero",
        version="1",
    ),
    get(f"{BOOK}/statuses/{{key}}/", p.managers(), at(key="status")),
    post(f"{BOOK}/statuses/{{key}}/{{verb}}/", p.managers(SENT), at("archive", key="status")),
    get(f"{BOOK}/columns/new/", p.managers(), at()),
    get(f"{COLUMN}/", p.managers(), QUIZ),
    post(f"{COLUMN}/{{verb}}/", p.managers(SENT), at("hide", item_id="quiz column")),
]
