"""Flashcards: whose they are, what comes back to whom, suspending, publishing, erasure."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.services.privacy import erase_person
from analytics.enums import FlashcardState
from analytics.models import Flashcard, FlashcardRest, ReviewCard, ReviewLog
from analytics.queries.flashcards import Narrow, deck, flashcard, own_cards
from analytics.queries.review import DueFlashcard, due_by_day, review_queue
from analytics.queries.review_card import FlashcardFront, flashcard_back, fronts
from analytics.scoring.spacing import Recall
from analytics.services.flashcards import (
    Sides,
    add_deck_cards,
    add_own_cards,
    delete_flashcard,
    publish_drafts,
    publish_flashcard,
    resume_flashcard,
    suspend_flashcard,
    update_flashcard,
)
from analytics.services.review import rate_card, undo_rating
from analytics.tests.mastery import answer, make_outcome, make_skill_quiz
from assessments.enums import Solutions
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import School, make_school
from courses.enums import CourseState
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
SIDES = Sides(front="Capital of **Chad**?", back="N'Djamena<script>alert(1)</script>")


@pytest.fixture
def school() -> School:
    return make_school()


def own(school: School, who: str = "learner", sides: Sides = SIDES) -> Flashcard:
    (row,) = add_own_cards(actor=school.actor(who), course=school.course, cards=[sides])
    return row


def of_deck(school: School, *, published: bool = True, sides: Sides = SIDES) -> Flashcard:
    (row,) = add_deck_cards(
        actor=school.actor("instructor"), course=school.course, cards=[sides], published=published
    )
    return row


def queued(school: School, who: str = "learner") -> list[int]:
    due = review_queue(school.actor(who)).due
    return [one.flashcard for one in due if isinstance(one, DueFlashcard)]


def test_own_cards_are_their_owners_alone_and_a_published_deck_is_everybodys(
    school: School,
) -> None:
    mine, deck_card = own(school), of_deck(school)
    of_deck(school, published=False)
    assert queued(school) == [mine.pk, deck_card.pk]
    assert queued(school, "classmate") == [deck_card.pk]
    assert queued(school, "instructor") == []
    assert list(deck(school.actor("instructor"), school.course).filter(pk=mine.pk)) == []
    with pytest.raises(NotFound):
        update_flashcard(actor=school.actor("instructor"), flashcard=mine, sides=SIDES)
    with pytest.raises(NotFound):
        delete_flashcard(actor=school.actor("classmate"), flashcard=mine)
    with pytest.raises(Denied):
        update_flashcard(actor=school.actor("learner"), flashcard=deck_card, sides=SIDES)


def test_a_card_is_rated_and_taken_back_like_a_question(school: School) -> None:
    row, actor = own(school), school.actor("learner")
    card = rate_card(actor=actor, item_id=row.public_id, recall=Recall.EASY, reps=0)
    assert card.due > clock.now() + timedelta(days=1)
    assert queued(school) == []
    assert sum(due_by_day(actor, 60).values()) == 1
    with pytest.raises(Conflict):
        rate_card(actor=actor, item_id=row.public_id, recall=Recall.EASY, reps=0)
    with clock.travel(card.due):
        assert queued(school) == [row.pk]
    assert undo_rating(actor=actor) == row.public_id
    assert queued(school) == [row.pk]
    assert (ReviewCard.objects.count(), ReviewLog.objects.count()) == (0, 0)


def test_nobody_rates_what_is_not_in_their_queue(school: School) -> None:
    mine, draft = own(school), of_deck(school, published=False)
    for who in ("classmate", "instructor", "reader"):
        with pytest.raises((Denied, NotFound)):
            rate_card(
                actor=school.everyone[who], item_id=mine.public_id, recall=Recall.GOOD, reps=0
            )
    with pytest.raises(NotFound):
        rate_card(
            actor=school.actor("learner"), item_id=draft.public_id, recall=Recall.GOOD, reps=0
        )


def test_both_sides_are_cleaned(school: School) -> None:
    own(school)
    (due,) = review_queue(school.actor("learner")).due
    assert isinstance(due, DueFlashcard)
    (front,) = fronts([due])
    assert isinstance(front, FlashcardFront)
    assert "<strong>Chad</strong>" in front.html
    assert "<script" not in flashcard_back(due)


@pytest.mark.parametrize("kept", ["archived", "left", "removed", "exam", "draft"])
def test_cards_stay_away_with_their_course(school: School, kept: str) -> None:
    rows, actor = [own(school), of_deck(school)], school.actor("learner")
    for row in rows:
        rate_card(actor=actor, item_id=row.public_id, recall=Recall.AGAIN, reps=0)
    if kept in {"archived", "draft"}:
        school.course.state = CourseState[kept.upper()]
        school.course.save()
    elif kept == "exam":
        exam = make_skill_quiz(school, count=1, exam_mode=True, attempts_allowed=1)
        start_attempt(actor=actor, quiz=exam)
    else:
        school.course.enrolments.filter(user=school.learner).update(state=kept)
    with clock.travel(clock.now() + timedelta(days=1)):
        actor = school.actor("learner")
        assert review_queue(actor).due == []
        with pytest.raises(NotFound):
            rate_card(actor=actor, item_id=rows[0].public_id, recall=Recall.GOOD, reps=1)
    if kept == "left":
        assert [row.pk for row in own_cards(actor, Narrow())] == [rows[0].pk]
        delete_flashcard(actor=actor, flashcard=rows[0])


def test_an_exam_closes_every_door_to_ones_cards(school: School) -> None:
    rows = [own(school), of_deck(school)]
    actor, teacher = school.actor("learner"), school.actor("instructor")
    client = Client()
    client.force_login(school.learner)
    exam = make_skill_quiz(school, count=1, exam_mode=True, attempts_allowed=1)
    attempt = start_attempt(actor=actor, quiz=exam)
    lists = ["/me/cards/", "/me/cards/flashcards.csv", "/api/v1/review/cards/"]
    assert ["Djamena" in told(client, url) for url in lists] == [False] * 3
    assert "closed while your exam runs" in told(client, "/me/cards/")
    for row in rows:
        assert client.get(f"/me/cards/{row.public_id}/").status_code == 404
        assert client.get(f"/api/v1/review/cards/{row.public_id}/").status_code == 404
    assert flashcard(teacher, rows[1].public_id) == rows[1]
    submit_attempt(actor=actor, attempt=attempt)
    assert ["Djamena" in told(client, url) for url in lists] == [True] * 3
    assert flashcard(actor, rows[1].public_id) == rows[1]


def told(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_suspended_card_waits_until_it_is_resumed(school: School) -> None:
    row, actor = of_deck(school), school.actor("learner")
    suspend_flashcard(actor=actor, flashcard=row)
    suspend_flashcard(actor=actor, flashcard=row)
    assert (queued(school), queued(school, "classmate")) == ([], [row.pk])
    assert own_cards(actor, Narrow(show="resting")).count() == 1
    resume_flashcard(actor=actor, flashcard=row)
    assert queued(school) == [row.pk]
    with pytest.raises(Denied):
        suspend_flashcard(actor=school.actor("assistant"), flashcard=row)


def test_drafts_are_published_and_taken_back(school: School) -> None:
    row, teacher = of_deck(school, published=False), school.actor("instructor")
    assert publish_drafts(actor=teacher, course=school.course) == 1
    assert queued(school) == [row.pk]
    rate_card(actor=school.actor("learner"), item_id=row.public_id, recall=Recall.AGAIN, reps=0)
    publish_flashcard(actor=teacher, flashcard=row, published=False)
    assert queued(school) == []
    assert ReviewCard.objects.count() == 1
    with pytest.raises(NotFound):
        publish_flashcard(actor=teacher, flashcard=own(school))


def test_a_change_is_refused_where_it_cannot_be_kept(school: School) -> None:
    row, teacher = of_deck(school), school.actor("instructor")
    with pytest.raises(Invalid) as refused:
        own(school, sides=Sides(front=" ", back="x"))
    assert "front" in refused.value.errors
    with pytest.raises(Invalid):
        own(school, sides=Sides(front="x" * 2_001, back="x"))
    with pytest.raises(Stale):
        update_flashcard(actor=teacher, flashcard=row, sides=SIDES, expected=7)
    elsewhere = make_outcome(make_school(), "G9")
    wrong = Sides(front="x", back="y", outcome=elsewhere)
    with pytest.raises(Invalid):
        update_flashcard(actor=teacher, flashcard=row, sides=wrong)
    with pytest.raises(Denied):
        add_deck_cards(actor=school.actor("assistant"), course=school.course, cards=[SIDES])
    with pytest.raises((Denied, NotFound)):
        add_own_cards(actor=school.everyone["previewing"], course=school.course, cards=[SIDES])


def test_lists_are_searched_and_narrowed(school: School) -> None:
    mine = own(school, sides=Sides(front="river of Ghana", back="Volta"))
    of_deck(school, sides=Sides(front="lake", back="Lake Chad"))
    actor = school.actor("learner")
    assert [row.pk for row in own_cards(actor, Narrow(search="volta ghana"))] == [mine.pk]
    assert own_cards(actor, Narrow(show="mine")).count() == 1
    assert own_cards(actor, Narrow(show="deck")).count() == 1
    assert own_cards(actor, Narrow(course="nothing")).count() == 0
    assert deck(school.actor("assistant"), school.course, search="chad").count() == 1
    assert own_cards(school.actor("anonymous"), Narrow()).count() == 0


def test_questions_and_new_cards_come_in_turns_up_to_twenty_a_day(school: School) -> None:
    quiz = make_skill_quiz(school, count=2, solutions=Solutions.AT_ONCE)
    answer(quiz, school.learner, "00")
    add_own_cards(
        actor=school.actor("learner"),
        course=school.course,
        cards=[Sides(front=f"{n}?", back=str(n)) for n in range(30)],
    )
    found = review_queue(school.actor("learner"))
    assert (found.new, found.held) == (20, 12)
    kinds = [isinstance(one, DueFlashcard) for one in found.due[:5]]
    assert kinds == [False, True, False, True, True]


def test_the_queue_takes_as_many_queries_for_many_cards_as_for_one(school: School) -> None:
    actor = school.actor("learner")
    own(school)
    one = count_queries(lambda: fronts(review_queue(actor).due))
    own(school)
    of_deck(school)
    assert count_queries(lambda: fronts(review_queue(actor).due)) == one


def test_erasure_takes_ones_own_and_leaves_the_deck(school: School) -> None:
    """V2."""
    actor, mine, deck_card = school.actor("learner"), own(school), of_deck(school)
    for row in (mine, deck_card):
        rate_card(actor=actor, item_id=row.public_id, recall=Recall.GOOD, reps=0)
    suspend_flashcard(actor=actor, flashcard=deck_card)
    erase_person(actor=actor, person=school.learner)
    assert list(Flashcard.objects.values_list("pk", "state")) == [
        (deck_card.pk, FlashcardState.PUBLISHED)
    ]
    assert (ReviewCard.objects.count(), FlashcardRest.objects.count()) == (0, 0)
