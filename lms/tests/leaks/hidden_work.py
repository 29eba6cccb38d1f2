"""Secrets of assignments: marks before their release, works of others, who reviewed whom."""

from decimal import Decimal
from io import BytesIO

from assessments.enums import PeerPhase
from assessments.models import Assignment, PeerTask, Submission
from assessments.services.assignment import (
    AssignmentSettings,
    create_assignment,
    publish_assignment,
)
from assessments.services.comments import Place, add_comment
from assessments.services.marking import Judgement, save_mark
from assessments.services.peer import (
    PeerSettings,
    add_example,
    move_phase,
    object_to_reviews,
    set_up_peer_review,
    try_example,
    write_review,
)
from assessments.services.submission import (
    add_submission_file,
    open_submission,
    save_draft,
    submit,
)
from courses.enums import LessonKind
from courses.models import Lesson
from lms.kernel import actors
from lms.tests.leaks.marker import Marker, marker
from lms.tests.world import World

MARKERS: list[Marker] = [
    marker("a mark that is not released", "8.0137", "8.01<"),
    marker("the words to it", "zqmarkwords"),
    marker("a marker's note to the staff", "zqprivatenote"),
    marker("a remark on the work", "zqremark"),
    marker("a classmate's work", "zqpeerwork"),
    marker("a classmate's draft", "zqpeerdraft"),
    marker("the name of a classmate's file", "zqpeerfile"),
    marker("a review that is not closed", "zqreviewwords"),
    marker("its score", "6.0173", "6.02<"),
    # Quoted: a timestamp may well hold the bare digits among its microseconds.
    marker("the instructor's score of an example", '"4.0229"', ">4.0229", "4.02<"),
    marker("a classmate's objection", "zqobjection"),
]


def plant_work(world: World) -> None:
    """Works marked and not released, and a peer review that is under way."""
    _marked(world)
    plain = _assignment(world, "A light stone")
    _write(world, plain, "peer", "zqpeerwork", file="zqpeerfile.pdf")
    _reviewed(world)
    _objected(world)


def _assignment(world: World, title: str, *, anonymous: bool = False) -> Assignment:
    section = world.lessons["published live"].section
    lesson = Lesson.objects.create(
        course=world.course,
        section=section,
        title=title,
        ordinal=section.lessons.count() + 1,
        kind=LessonKind.ASSIGNMENT,
        published=True,
    )
    teacher = world.actors["instructor"]
    settings = AssignmentSettings(
        instructions="Weigh it.", points=Decimal(10), resubmit_times=9, anonymous=anonymous
    )
    row = create_assignment(actor=teacher, lesson=lesson, settings=settings)
    return publish_assignment(actor=teacher, assignment=row)


def _write(
    world: World, asked: Assignment, name: str, text: str, *, file: str = "", send: bool = True
) -> Submission:
    actor = actors.for_user(world.people[name])
    row = open_submission(actor=actor, assignment=asked)
    save_draft(actor=actor, submission=row, text=text, seq=1)
    if file:
        content = BytesIO(b"%PDF-1.4 stone")
        add_submission_file(actor=actor, submission=row, name=file, content=content)
    if send:
        submit(actor=actor, submission=row, number=1)
    row.refresh_from_db()
    return row


def _marked(world: World) -> None:
    """Marked without names, by the assistant; the learner's mark waits for its release."""
    asked = _assignment(world, "A heavy stone", anonymous=True)
    mine = _write(world, asked, "learner", "Two pounds.")
    _write(world, asked, "peer", "Three pounds.", file="zqpeername.pdf")
    helper = world.actors["assistant"]
    judgement = Judgement(
        score=Decimal("8.0137"), feedback="zqmarkwords", private_note="zqprivatenote"
    )
    save_mark(actor=helper, submission=mine, judgement=judgement, done=True)
    place = Place(start=0, end=3)
    add_comment(actor=helper, work=mine.versions.get(), body="zqremark", place=place)
    world.things["nameless assignment"] = asked


def _reviewed(world: World) -> None:
    """The classmate reviewed the learner's work, and handed in one themselves."""
    asked = _assignment(world, "Read each other")
    _write(world, asked, "learner", "Mine.")
    _write(world, asked, "peer", "Theirs.")
    teacher = world.actors["instructor"]
    review = set_up_peer_review(
        actor=teacher, assignment=asked, settings=PeerSettings(each=1, least=1)
    )
    example = add_example(actor=teacher, review=review, text="A stone.", score=Decimal("4.0229"))
    for phase in (PeerPhase.SUBMISSION, PeerPhase.ALLOCATION, PeerPhase.REVIEW):
        move_phase(actor=teacher, review=review, to=phase)
    peer = actors.for_user(world.people["peer"])
    try_example(actor=peer, example=example, score=Decimal(4))
    task = PeerTask.objects.get(peer_review=review, reviewer=world.people["peer"])
    score = Decimal("6.0173")
    write_review(actor=peer, task=task, picks={}, score=score, feedback="zqreviewwords")


def _objected(world: World) -> None:
    """A closed review to which the classmate objects; and a draft of theirs that nobody saw."""
    asked = _assignment(world, "Read and closed")
    _write(world, asked, "learner", "Mine again.")
    theirs = _write(world, asked, "peer", "Theirs again.")
    teacher = world.actors["instructor"]
    review = set_up_peer_review(
        actor=teacher, assignment=asked, settings=PeerSettings(each=1, least=1)
    )
    for phase in (
        PeerPhase.SUBMISSION,
        PeerPhase.ALLOCATION,
        PeerPhase.REVIEW,
        PeerPhase.CLOSED,
    ):
        move_phase(actor=teacher, review=review, to=phase)
    peer = actors.for_user(world.people["peer"])
    object_to_reviews(actor=peer, submission=theirs, reason="zqobjection")
    _write(world, _assignment(world, "Begun"), "peer", "zqpeerdraft", send=False)
