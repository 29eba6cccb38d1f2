"""Furnish the small world with assignments and what is handed in for them."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from assessments.enums import PeerPhase
from assessments.models import (
    Assignment,
    BankComment,
    PeerAppeal,
    PeerReview,
    PeerTask,
    PeerTry,
    Submission,
    SubmissionMember,
    SubmissionVersion,
)
from assessments.scoring.dates import Change
from assessments.scoring.rubric import Criterion
from assessments.services.assignment import (
    AssignmentSettings,
    create_assignment,
    publish_assignment,
)
from assessments.services.comments import Place, add_comment
from assessments.services.marking import Judgement, save_mark
from assessments.services.override import set_override
from assessments.services.peer import PeerSettings, add_example, set_up_peer_review
from assessments.services.rubric import create_rubric
from assessments.services.submission import (
    add_submission_file,
    open_submission,
    save_draft,
    submit,
)
from lms.kernel import actors, clock
from lms.tests.world import World

TIMES = AssignmentSettings(instructions="Weigh a stone.", resubmit_times=9)


def furnish_assignments(world: World) -> None:
    """An assignment with a submission of the learner and a draft of the other; a draft of one."""
    teacher = world.actors["instructor"]
    asked = _assignment(world, "published assignment")
    world.things["assignment"] = asked
    world.things["draft assignment"] = create_assignment(
        actor=teacher, lesson=world.lessons["draft assignment"], settings=TIMES
    )
    world.things["assignment override"] = set_override(
        actor=teacher,
        work=asked,
        change=Change(due_at=clock.now() + timedelta(days=9)),
        person=world.people["learner2"],
    )
    world.things["submission"] = _write(world, asked, "learner", send=True)
    world.things["unsent submission"] = _write(world, asked, "learner2", send=False)
    _mark(world)
    furnish_peers(world)


def _mark(world: World) -> None:
    """A rubric, the assistant's mark of the learner's work, a remark, a kept remark."""
    teacher, helper = world.actors["instructor"], world.actors["assistant"]
    work = world.things["submission"].versions.get()
    criteria = [Criterion(id="weight", title="Weight", points=Decimal(10))]
    world.things["rubric"] = create_rubric(
        actor=teacher, course=world.course, kind="guide", title="Stones", criteria=criteria
    )
    world.things["remark"] = add_comment(
        actor=helper, work=work, body="How?", place=Place(start=0, end=2), keep=True
    )
    world.things["kept remark"] = BankComment.objects.get(marker=world.people["assistant"])
    world.things["mark"] = save_mark(
        actor=helper,
        submission=world.things["submission"],
        judgement=Judgement(score=Decimal(8), feedback="Weigh again."),
        done=True,
    )


def _assignment(world: World, lesson: str) -> Assignment:
    teacher = world.actors["instructor"]
    row = create_assignment(actor=teacher, lesson=world.lessons[lesson], settings=TIMES)
    return publish_assignment(actor=teacher, assignment=row)


def _write(world: World, asked: Assignment, name: str, *, send: bool) -> Submission:
    actor = actors.for_user(world.people[name])
    row = open_submission(actor=actor, assignment=asked)
    save_draft(actor=actor, submission=row, text="It weighs two pounds.", seq=1)
    added = add_submission_file(
        actor=actor, submission=row, name="stone.pdf", content=BytesIO(b"%PDF-1.4 stone")
    )
    if send:
        world.things["submission file"] = added
        submit(actor=actor, submission=row, number=1)
    row.refresh_from_db()
    return row


def furnish_peers(world: World) -> None:
    """A peer review that is under way: an example, the learner's task, an objection."""
    teacher, asked = world.actors["instructor"], world.things["assignment"]
    review = set_up_peer_review(
        actor=teacher, assignment=asked, settings=PeerSettings(each=1, least=1)
    )
    world.things["example"] = add_example(
        actor=teacher, review=review, text="A stone.", score=Decimal(5)
    )
    PeerReview.objects.update(phase=PeerPhase.REVIEW)
    mine = world.things["submission"]
    others = _third(world, asked)
    world.things["peer task"] = PeerTask.objects.create(
        peer_review=review, submission=others, reviewer=world.people["learner"]
    )
    PeerTry.objects.create(
        example=world.things["example"], reviewer=world.people["learner"], score=Decimal(5)
    )
    world.things["objection"] = PeerAppeal.objects.create(
        submission=mine, author=world.people["learner"], reason="Nobody weighed it."
    )


def _third(world: World, asked: Assignment) -> Submission:
    """A work that somebody handed in who has left since."""
    person = world.people["left"]
    row = Submission.objects.create(
        assignment=asked,
        course=world.course,
        learner=person,
        state="submitted",
        version_count=1,
        submitted_at=clock.now(),
    )
    SubmissionMember.objects.create(submission=row, assignment=asked, learner=person)
    SubmissionVersion.objects.create(
        submission=row, number=1, text="Three pounds.", submitted_by=person
    )
    return row
