import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from analytics.scoring.activity import effect_of
from analytics.scoring.invented import MIX, NOWHERE, Plan, invent

END = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAIRS = tuple((course, learner) for course in (1, 2) for learner in range(10, 60))


def plan(*, events: int = 4_000, seed: int = 3) -> Plan:
    return Plan(events, PAIRS, END - timedelta(days=28), END, seed)


def test_the_same_plan_gives_the_same_events_and_another_seed_others() -> None:
    first = list(invent(plan(), 0, 500))
    assert first == list(invent(plan(), 0, 500))
    assert first != list(invent(plan(seed=4), 0, 500))


def test_pieces_follow_each_other_in_time_from_the_start_to_the_end() -> None:
    whole = [one.at for first in (0, 1_000, 2_000, 3_000) for one in invent(plan(), first, 1_000)]
    assert whole == sorted(whole)
    assert datetime.fromisoformat(whole[0]) - (END - timedelta(days=28)).replace(
        tzinfo=None
    ) < timedelta(hours=6)
    assert END.replace(tzinfo=None) - datetime.fromisoformat(whole[-1]) < timedelta(hours=6)


def test_every_event_is_one_that_the_fold_understands() -> None:
    events = list(invent(plan(), 0, 4_000))
    effects = [effect_of(one.kind, json.loads(one.data)) for one in events]
    assert [one.user_id for one in effects if one] == [one.learner for one in events]
    assert {kind for kind, *_rest in MIX} == {one.kind for one in events}
    assert {one.by_person for one in events if one.kind == "assessments.grade_changed"} == {False}


def test_no_event_tells_of_a_real_quiz_or_lesson() -> None:
    told = [json.loads(one.data) for one in invent(plan(), 0, 1_000)]
    ids = [data[name] for data in told for name in ("quiz_id", "lesson_id") if name in data]
    assert ids
    assert min(ids) > NOWHERE


def test_few_learners_do_much_and_little_happens_at_night() -> None:
    events = list(invent(plan(), 0, 4_000))
    done = Counter(one.learner for one in events)
    most = sorted(done.values(), reverse=True)
    assert sum(most[:10]) > len(events) / 3
    hours = Counter(datetime.fromisoformat(one.at).hour for one in events)
    assert sum(hours[hour] for hour in range(5)) < sum(hours[hour] for hour in range(9, 14)) / 5
