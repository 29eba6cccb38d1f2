"""How the questions of the small world are filed."""

from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_category import add_category
from lms.tests.world import World


def furnish_bank(world: World) -> None:
    """Categories, a tag, an outcome, and one question in all of them."""
    teacher, question = world.actors["instructor"], world.things["spare question"]
    rocks = add_category(actor=teacher, bank=question.bank, name="Rocks")
    lava = add_category(actor=teacher, bank=question.bank, name="Lava", parent=rocks)
    outcome = add_outcome(
        actor=teacher,
        course=world.course,
        fields=OutcomeFields(code="G1", title="Tell rocks apart"),
    )
    filing = Filing(category=lava, tags=["volcanic"], outcomes=[outcome])
    question = file_question(actor=teacher, question=question, filing=filing)
    world.things |= {
        "spare question": question,
        "question category": rocks,
        "inner category": lava,
        "question tag": question.tags.get(),
        "outcome": outcome,
    }
