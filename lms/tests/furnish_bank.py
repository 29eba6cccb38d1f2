"""How the questions of the small world are filed, and with whom they are shared."""

from assessments.enums import BulkVerb, QuestionState, ShareLevel
from assessments.queries.code import TRY_CODE
from assessments.queries.content import version_content
from assessments.services.bank import add_question
from assessments.services.bank_share import open_own_bank, share_with_course
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_bulk import BulkChange, change_questions
from assessments.services.question_category import add_category
from lms.kernel.jobs import enqueue
from lms.tests.world import World


def furnish_bank(world: World) -> None:
    """Categories, a tag, an outcome, one question in all of them; the instructor's own bank."""
    teacher, question = world.actors["instructor"], world.things["spare question"]
    rocks = add_category(actor=teacher, bank=question.bank, name="Rocks")
    lava = add_category(actor=teacher, bank=question.bank, name="Lava", parent=rocks)
    outcome = add_outcome(
        actor=teacher,
        course=world.course,
        fields=OutcomeFields(code="G1", title="Tell rocks apart"),
    )
    filing = Filing(category=lava, tags=["volcanic", "hot"], outcomes=[outcome])
    question = file_question(actor=teacher, question=question, filing=filing)
    own = open_own_bank(actor=teacher)
    add_question(
        actor=teacher,
        bank=own,
        content=version_content(question.latest),
        state=QuestionState.DRAFT,
    )
    share = share_with_course(actor=teacher, bank=own, course=world.course, level=ShareLevel.READ)
    change = BulkChange(verb=BulkVerb.DIFFICULTY, difficulty="hard")
    done = change_questions(actor=teacher, bank=question.bank, questions=[question], change=change)
    question.refresh_from_db()
    world.things |= {
        "bank": question.bank,
        "own bank": own,
        "share": share,
        "bulk edit": done.edit,
        "spare question": question,
        "question category": rocks,
        "inner category": lava,
        "question tag": question.tags.get(name="volcanic"),
        "other tag": question.tags.get(name="hot"),
        "outcome": outcome,
        "code trial": enqueue(
            TRY_CODE,
            actor=teacher,
            params={"program": "", "code": {"tests": []}},
            course_id=world.course.pk,
        ),
    }
