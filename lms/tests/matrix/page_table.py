"""Who opens which page and sends which form, on the published course of the world."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import Values, body, member, section, tid, upload
from lms.tests.matrix.profiles import page
from lms.tests.matrix.run import Row
from lms.tests.world import World

C, T = "/c/{slug}", "/teach/{slug}"
SENT = 302
HIDDEN = 404


def unseen(profile: p.Profile) -> p.Profile:
    """For a lesson that only members see: nobody else is asked to sign in, it is missing."""
    return p.seen_by_members(profile) | {"anonymous": HIDDEN, "inactive": HIDDEN}


def at(**names: str) -> Values:
    """The slug of the course and the public ids of things by brace."""

    def found(world: World) -> dict[str, str]:
        ids = {brace: world.things[name].public_id for brace, name in names.items()}
        return {"slug": world.course.slug, **ids}

    return found


def at_lesson(name: str, brace: str = "lesson_id", **more: str) -> Values:
    """The slug and a lesson, with more braces as they are."""
    return lambda world: {
        "slug": world.course.slug,
        brace: world.lessons[name].public_id,
        **more,
    }


def at_section(**more: str) -> Values:
    """The slug and the first section."""
    return lambda world: {
        "slug": world.course.slug,
        "section_id": section(world)["id"],
        **more,
    }


def at_member(verb: str) -> Values:
    """The slug and the learner's enrolment."""
    return lambda world: {
        "slug": world.course.slug,
        "enrolment_id": member("learner")(world)["id"],
        "verb": verb,
    }


def the_learner(world: World) -> dict[str, str]:
    """The slug and a person who learns here."""
    return {"slug": world.course.slug, "person_id": world.people["learner"].public_id}


def plus(values: Values, **more: str) -> Values:
    """More braces as they are."""
    return lambda world: {**values(world), **more}


def post(door: str, profile: p.Profile, values: Values | None = None, **fields: object) -> Row:
    """A form sent to a door."""
    found = values or at()
    return Row(door, page(profile), found, body(**fields), method="POST", form=True)


def get(door: str, profile: p.Profile, values: Values | None = None, note: str = "") -> Row:
    """A page opened."""
    return Row(door, page(profile), values or at(), note=note)


LIVE, QUIZ = "published live", "published quiz"
AN_ESSAY = at(quiz_id="written quiz", part_id="essay answer")
READERS = p.members(others=403)
MANAGERS = p.managers()
SENT_BY_MANAGERS = p.managers(SENT)
SENT_BY_STAFF = p.staff(SENT, writes=True)
READ_BY_STAFF = p.staff()
READ_BY_MANAGERS = p.only("instructor", "admin")

VISITORS = [
    get("/", p.signed_in(SENT) | {"anonymous": 200, "inactive": 200}),
    get("/courses/", p.public()),
    get("/courses/found/", p.public()),
    get("/styleguide/", p.public()),
    get("/trial/mail/", p.public()),
    get("/trial/mail/{number}/", p.public(404), lambda _w: {"number": "9"}),
    get(
        "/attachments/{file_id}/",
        p.members(SENT, others=HIDDEN) | {"anonymous": 404, "inactive": 404},
        at(file_id="published live file"),
    ),
    get(
        "/covers/{course_id}/{version}/",
        p.public(404),
        lambda w: {"course_id": w.course.public_id, "version": "1"},
    ),
    get("/files/{token}/", p.public(404), lambda _w: {"token": "nothing"}),
    get("/invitations/{token}/", p.public(404), lambda _w: {"token": "x" * 43}),
    get("/join/{code}/", p.signed_in(404), lambda _w: {"code": "nothing"}),
    post("/language/", p.public(SENT) | {"preview": 403}, language="en"),
]

LEARNERS = [
    get(f"{C}/", p.public()),
    get(f"{C}/announcements/", READERS),
    get(f"{C}/chat/", p.chatters()),
    post(
        f"{C}/chat/{{message_id}}/delete/",
        p.only("learner", "assistant", "instructor", "admin", ok=SENT),
        at(message_id="learner message"),
    ),
    post(f"{C}/enrol/", p.signed_in(SENT, writes=True)),
    post(
        f"{C}/leave/",
        p.only("learner", "observer", "assistant", "instructor", ok=SENT, others=HIDDEN)
        | {"preview": 403},
    ),
    get(
        f"{C}/files/{{file_id}}/",
        p.members(SENT, others=HIDDEN) | {"anonymous": 404, "inactive": 404},
        at(file_id="published live file"),
    ),
    get(f"{C}/grades/", READERS),
    get(f"{C}/learn/", p.members(SENT)),
    get(
        f"{C}/learn/{{item}}/",
        p.members(others=HIDDEN) | {"anonymous": 404, "inactive": 404},
        at_lesson(LIVE, "item"),
    ),
    post(f"{C}/learn/{{item}}/done/", unseen(p.learners(SENT)), at_lesson(LIVE, "item")),
    post(
        f"{C}/learn/{{item}}/progress/",
        unseen(p.learners(200)),
        at_lesson(LIVE, "item"),
        seconds=5,
        position=1,
    ),
    post(
        f"{C}/learn/{{item}}/attempt/",
        unseen(p.learners(SENT)),
        at_lesson(QUIZ, "item"),
    ),
]


def attempt_of(name: str, brace: str = "attempt_id") -> Values:
    """The slug, the quiz's lesson and one of the learner's attempts."""
    return lambda world: {
        "slug": world.course.slug,
        "item": world.lessons[QUIZ].public_id,
        brace: world.things[name].public_id,
    }


STAFF_REFUSED = dict.fromkeys(("assistant", "instructor", "admin"), 403)
OWN_ATTEMPT = p.only("learner", others=HIDDEN) | STAFF_REFUSED
ATTEMPTS = [
    get(f"{C}/learn/{{item}}/attempt/{{attempt_id}}/", OWN_ATTEMPT, attempt_of("attempt")),
    get(
        f"{C}/learn/{{item}}/attempt/{{attempt_id}}/checked/{{part_id}}/",
        OWN_ATTEMPT,
        lambda world: {
            **attempt_of("attempt")(world),
            "part_id": world.things["attempt question"].public_id,
        },
    ),
    post(
        f"{C}/learn/{{item}}/attempt/{{attempt_id}}/go-on/",
        p.only("learner", ok=SENT, others=HIDDEN) | STAFF_REFUSED,
        attempt_of("attempt"),
    ),
    post(
        f"{C}/learn/{{item}}/attempt/{{attempt_id}}/hand-in/",
        p.only("learner", ok=SENT, others=HIDDEN) | STAFF_REFUSED,
        attempt_of("attempt"),
    ),
    get(
        f"{C}/learn/{{item}}/attempt/{{attempt_id}}/review/",
        OWN_ATTEMPT | dict.fromkeys(("assistant", "instructor", "admin"), 200),
        attempt_of("submitted attempt"),
    ),
]

ANSWER_FILES = [
    get(
        "/answers/{part_id}/files/{file_id}/",
        p.only("learner", "assistant", "instructor", "admin", ok=SENT, others=HIDDEN),
        at(part_id="upload answer", file_id="answer file"),
    ),
    get(
        "/pictures/{file_id}/",
        p.members(SENT, others=HIDDEN) | {"anonymous": 404, "inactive": 404},
        at(file_id="published live file"),
    ),
    get("/answer-files/{token}/", p.public(404), lambda _w: {"token": "nothing"}),
]

ME = [
    get("/me/", p.signed_in()),
    get("/me/settings/", p.signed_in()),
    get("/me/profile/", p.public(SENT)),
    get("/me/tokens/", p.signed_in()),
    post("/me/tokens/{token_id}/revoke/", p.own("learner", SENT), at(token_id="learner token")),
    get("/me/export/", p.signed_in(SENT)),
    get("/me/erase/", p.signed_in()),
    get("/me/notifications/", p.signed_in()),
    post("/me/notifications/read-all/", p.signed_in(SENT, writes=True)),
    post(
        "/me/notifications/{notification_id}/",
        p.own("learner", SENT),
        at(notification_id="learner notification"),
    ),
]

TEACH = [
    get("/teach/", p.signed_in()),
    get("/teach/new/", p.teachers()),
    post("/teach/preview/end/", p.signed_in(SENT)),
    get(f"{T}/", READ_BY_STAFF),
    post(f"{T}/preview/", p.staff(SENT)),
    post(f"{T}/order/", p.managers(409)),
    post(f"{T}/sections/", SENT_BY_MANAGERS, title="More"),
    post(
        f"{T}/sections/{{section_id}}/lessons/",
        SENT_BY_MANAGERS,
        at_section(),
        title="New",
        kind="text",
    ),
    post(f"{T}/sections/{{section_id}}/{{verb}}/", SENT_BY_MANAGERS, at_section(verb="down")),
    get(f"{T}/lessons/{{lesson_id}}/", READ_BY_STAFF, at_lesson(LIVE)),
    post(f"{T}/lessons/{{lesson_id}}/text/", p.staff(), at_lesson(LIVE), markdown="Text"),
    post(f"{T}/lessons/{{lesson_id}}/discard/", SENT_BY_MANAGERS, at_lesson(LIVE)),
    post(f"{T}/lessons/{{lesson_id}}/files/", SENT_BY_MANAGERS, at_lesson(LIVE), file=upload),
    post(
        f"{T}/lessons/{{lesson_id}}/files/{{file_id}}/remove/",
        SENT_BY_MANAGERS,
        lambda w: {**at_lesson(LIVE)(w), "file_id": w.things["published live file"].public_id},
    ),
    post(f"{T}/lessons/{{lesson_id}}/{{verb}}/", SENT_BY_MANAGERS, at_lesson(LIVE, verb="publish")),
    get(f"{T}/people/", READ_BY_STAFF),
    get(f"{T}/people/groups/", READ_BY_STAFF),
    get(f"{T}/people/groups/new/", READ_BY_MANAGERS),
    post(f"{T}/people/groups/deal/", SENT_BY_MANAGERS, count="1", title="Row"),
    get(f"{T}/people/groups/{{group_id}}/", READ_BY_MANAGERS, at(group_id="group")),
    post(f"{T}/people/groups/{{group_id}}/delete/", SENT_BY_MANAGERS, at(group_id="group")),
    post(
        f"{T}/people/invitations/{{invitation_id}}/revoke/",
        p.managers(SENT) | {"assistant": HIDDEN},
        at(invitation_id="invitation"),
    ),
    post(f"{T}/people/invite/", SENT_BY_MANAGERS, emails="someone@example.com", role="learner"),
    post(f"{T}/people/link/{{verb}}/", SENT_BY_MANAGERS, plus(at(), verb="on")),
    post(f"{T}/people/table/", p.managers(), table="email\nsomeone@example.com"),
    post(f"{T}/people/{{enrolment_id}}/{{verb}}/", SENT_BY_MANAGERS, at_member("remove")),
    get(f"{T}/settings/", READ_BY_MANAGERS),
    post(f"{T}/settings/cover/", SENT_BY_MANAGERS, cover=upload),
    post(f"{T}/settings/{{verb}}/", SENT_BY_MANAGERS, plus(at(), verb="archive")),
    get(f"{T}/announcements/", READ_BY_STAFF),
    get(
        f"{T}/announcements/{{announcement_id}}/edit/",
        READ_BY_MANAGERS,
        at(announcement_id="announcement"),
    ),
    post(
        f"{T}/announcements/{{announcement_id}}/edit/",
        SENT_BY_MANAGERS,
        at(announcement_id="announcement"),
        title="News",
        body="Other words",
    ),
    post(
        f"{T}/announcements/{{announcement_id}}/delete/",
        SENT_BY_MANAGERS,
        at(announcement_id="announcement"),
    ),
]

ANALYTICS = [
    get(f"{T}/analytics/", p.totals()),
    post(f"{T}/analytics/quizzes/{{quiz_id}}/count/", SENT_BY_STAFF, at(quiz_id="quiz")),
    post(f"{T}/analytics/refresh/", SENT_BY_STAFF),
    post(
        f"{T}/analytics/contacts/",
        SENT_BY_STAFF,
        student=lambda world: world.people["learner"].public_id,
    ),
    get(f"{T}/analytics/learners/", READ_BY_STAFF),
    get(f"{T}/analytics/patterns/", READ_BY_STAFF),
    get(
        f"{T}/analytics/learners/{{learner}}/",
        READ_BY_STAFF,
        lambda w: {"slug": w.course.slug, "learner": w.people["learner"].public_id},
    ),
]


def overridden(world: World) -> dict[str, str]:
    """The quiz, and somebody's own dates at it."""
    here: dict[str, str] = at_lesson(QUIZ)(world)
    return here | {"override_id": world.things["override"].public_id}


BANK = [
    get(f"{T}/bank/", READ_BY_STAFF),
    get(f"{T}/bank/import/", p.staff(writes=True)),
    post(
        f"{T}/bank/import/",
        SENT_BY_STAFF,
        text="Chalk is made of shells. {T}",
        act="import",
    ),
    get(f"{T}/bank/imports/", READ_BY_STAFF),
    get(f"{T}/bank/imports/{{import_id}}/", READ_BY_STAFF, at(import_id="import")),
    get(f"{T}/bank/imports/{{import_id}}/report.csv", READ_BY_STAFF, at(import_id="import")),
    post(f"{T}/bank/imports/{{import_id}}/undo/", SENT_BY_MANAGERS, at(import_id="import")),
    get(f"{T}/bank/export/", READ_BY_STAFF),
    get(f"{T}/bank/export/file/", READ_BY_STAFF),
    get(f"{T}/bank/new/{{kind}}/", p.staff(writes=True), plus(at(), kind="true_false")),
    get(f"{T}/bank/{{question_id}}/", READ_BY_STAFF, at(question_id="question")),
    post(f"{T}/bank/{{question_id}}/duplicate/", SENT_BY_STAFF, at(question_id="question")),
    post(
        f"{T}/bank/{{question_id}}/{{verb}}/",
        SENT_BY_MANAGERS,
        plus(at(question_id="question"), verb="retire"),
    ),
    get(f"{T}/quizzes/", READ_BY_STAFF),
    post(f"{T}/quizzes/new/", p.managers(400), title="", section=""),
    get(f"{T}/quizzes/{{lesson_id}}/", READ_BY_STAFF, at_lesson(QUIZ)),
    get(f"{T}/quizzes/{{lesson_id}}/dates/", READ_BY_STAFF, at_lesson(QUIZ)),
    get(f"{T}/quizzes/{{lesson_id}}/dates/new/", p.managers(), at_lesson(QUIZ)),
    get(f"{T}/quizzes/{{lesson_id}}/dates/{{override_id}}/", p.managers(), overridden),
    post(
        f"{T}/quizzes/{{lesson_id}}/dates/{{override_id}}/remove/",
        SENT_BY_MANAGERS,
        overridden,
    ),
    get(f"{T}/quizzes/{{lesson_id}}/settings/", p.managers(), at_lesson(QUIZ)),
    get(f"{T}/quizzes/{{lesson_id}}/preview/", READ_BY_STAFF, at_lesson(QUIZ)),
    post(
        f"{T}/quizzes/{{lesson_id}}/add/",
        SENT_BY_MANAGERS,
        at_lesson(QUIZ),
        question=tid("spare question"),
    ),
    post(
        f"{T}/quizzes/{{lesson_id}}/order/",
        p.managers(204),
        at_lesson(QUIZ),
        order=tid("item"),
    ),
    post(
        f"{T}/quizzes/{{lesson_id}}/{{verb}}/", SENT_BY_MANAGERS, at_lesson(QUIZ, verb="unpublish")
    ),
    post(
        f"{T}/quizzes/{{lesson_id}}/items/{{item_id}}/{{verb}}/",
        SENT_BY_MANAGERS,
        lambda w: {**at_lesson(QUIZ, verb="down")(w), "item_id": w.things["item"].public_id},
    ),
    get(f"{T}/results/", READ_BY_STAFF),
    get(f"{T}/results/{{quiz_id}}/", READ_BY_STAFF, at(quiz_id="quiz")),
    get(f"{T}/results/{{quiz_id}}/marking/", READ_BY_STAFF, at(quiz_id="written quiz")),
    get(f"{T}/results/{{quiz_id}}/marking/{{part_id}}/", READ_BY_STAFF, AN_ESSAY),
    post(
        f"{T}/results/{{quiz_id}}/marking/{{part_id}}/",
        SENT_BY_STAFF,
        AN_ESSAY,
        score="1",
        comment="Well seen.",
        seq=lambda world: str(world.things["essay answer"].seq),
    ),
    post(f"{T}/ai/attempts/{{attempt_id}}/compare/", SENT_BY_STAFF, at(attempt_id="attempt")),
    get(f"{T}/results/{{quiz_id}}/export.csv", READ_BY_STAFF, at(quiz_id="quiz")),
    post(
        f"{T}/results/{{quiz_id}}/regrade/",
        SENT_BY_MANAGERS,
        at(quiz_id="quiz"),
        question=tid("question"),
    ),
    get(f"{T}/people/{{person_id}}/extra-time/", READ_BY_MANAGERS, the_learner),
    post(f"{T}/people/{{person_id}}/extra-time/", SENT_BY_MANAGERS, the_learner, time_factor="1.5"),
    get(f"{T}/results/attempts/{{attempt_id}}/", READ_BY_STAFF, at(attempt_id="submitted attempt")),
    post(
        f"{T}/results/attempts/{{attempt_id}}/score/",
        SENT_BY_STAFF,
        at(attempt_id="submitted attempt"),
        score="1",
        reason="The stem was unclear.",
    ),
    post(
        f"{T}/results/attempts/{{attempt_id}}/time/",
        p.staff(400, writes=True),
        at(attempt_id="attempt"),
        minutes="5",
        reason="A fire drill.",
    ),
]

AI = [
    post(
        f"{T}/ai/jobs/{{job_id}}/cancel/",
        SENT_BY_STAFF | {"assistant": HIDDEN},
        at(job_id="instructor job"),
    ),
    post(f"{T}/ai/drafts/undo/", SENT_BY_STAFF),
    post(f"{T}/ai/drafts/several/", SENT_BY_STAFF, act="reject"),
    post(f"{T}/ai/drafts/{{draft_id}}/", SENT_BY_STAFF, at(draft_id="draft"), act="reject"),
    get(f"{T}/ai/", READ_BY_STAFF),
    get(f"{T}/ai/drafts/", READ_BY_STAFF),
    get("/me/ai/", p.signed_in()),
    post("/me/ai/", p.signed_in(SENT, writes=True), act="off"),
    post(
        "/me/ai/seen/{text_id}/delete/",
        p.own("learner", SENT) | {"preview": 403},
        at(text_id="learner text"),
    ),
    get("/ai/spend/", p.only("admin")),
    get("/ai/settings/", p.only("admin")),
    post("/ai/settings/", p.only("admin", ok=302), on="on", ask_consent="on"),
    get(f"{T}/ai/settings/", READ_BY_STAFF),
    post(f"{T}/ai/settings/", SENT_BY_MANAGERS, on="on", style="answers"),
    get("/ai/spend.csv", p.only("admin")),
]

ROWS = [*VISITORS, *LEARNERS, *ATTEMPTS, *ANSWER_FILES, *ME, *TEACH, *ANALYTICS, *BANK, *AI]
