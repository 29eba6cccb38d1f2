"""By when work for an assignment is due: the same answer for every door."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from assessments.models import Assignment, Submission, SubmissionMember
from assessments.queries.dates import Work, dates_for, dates_of, found_dates
from assessments.queries.handing_in import Window
from assessments.scoring.dates import Dates, together
from courses.models import LearnerGroupMember
from courses.queries.group import group_ids, learners_of
from lms.kernel.actors import Actor


def window_of(assignment: Assignment) -> Window:
    """The dates for everybody."""
    return _window(dates_of(assignment))


def window_for(assignment: Assignment, learner_ids: Iterable[int]) -> Window:
    """The dates for the authors of one submission; of a group, whoever has most time decides."""
    found = found_dates(assignment, list(learner_ids))
    if not found:
        return window_of(assignment)
    return _window(together([one.dates for one in found.values()]))


def window_of_submission(submission: Submission) -> Window:
    """The dates for those whose work it is."""
    return window_for(submission.assignment, author_ids(submission))


def own_dates(actor: Actor, work: Work) -> Dates:
    """The dates of whoever asks, who may see the work; of group work those of their group."""
    if not isinstance(work, Assignment) or actor.user_id is None:
        return dates_for(work, actor.user_id)
    mine = Submission.objects.filter(assignment=work, members__learner_id=actor.user_id).first()
    ids = author_ids(mine) if mine else co_authors(work, actor.user_id)
    return together([one.dates for one in found_dates(work, ids).values()])


def window_before_work(assignment: Assignment, learner_id: int) -> Window:
    """The dates for a learner who has begun nothing: with group work, those of their group."""
    return window_for(assignment, co_authors(assignment, learner_id))


def windows_for(assignment: Assignment, learner_ids: Collection[int]) -> dict[int, Window]:
    """The dates for learners who handed nothing in, by key; five queries however many they are."""
    groups = _sole_groups(assignment, learner_ids) if assignment.group_work else {}
    everybody = {*learner_ids, *(mate for mates in groups.values() for mate in mates)}
    found = found_dates(assignment, everybody)
    return {
        key: _window(together([found[one].dates for one in groups.get(key, [key])]))
        for key in learner_ids
    }


def windows_of_submissions(assignment: Assignment, rows: Sequence[Submission]) -> dict[int, Window]:
    """The dates of several works that were handed in for one assignment, by the work's key."""
    authors: defaultdict[int, list[int]] = defaultdict(list)
    members = SubmissionMember.objects.filter(submission__in=[row.pk for row in rows])
    for key, learner_id in members.values_list("submission_id", "learner_id"):
        authors[key].append(learner_id)
    found = found_dates(assignment, {one for ids in authors.values() for one in ids})
    return {
        row.pk: _window(together([found[one].dates for one in authors[row.pk]]))
        if authors[row.pk]
        else window_of(assignment)
        for row in rows
    }


def author_ids(submission: Submission) -> list[int]:
    """Keys of those whose work it is; of work not yet handed in also who is in the group now."""
    members = SubmissionMember.objects.filter(submission=submission)
    known = set(members.values_list("learner_id", flat=True))
    if submission.group_id is not None and not submission.version_count:
        taken = SubmissionMember.objects.filter(assignment=submission.assignment_id)
        mates = learners_of(submission.course_id).filter(
            group_memberships__group=submission.group_id
        )
        known |= set(mates.exclude(pk__in=taken.values("learner_id")).values_list("pk", flat=True))
    return sorted(known)


def co_authors(assignment: Assignment, learner_id: int) -> list[int]:
    """Who would hand in together: the learner, or all of the one group that they are in."""
    if not assignment.group_work:
        return [learner_id]
    keys = group_ids(course_id=assignment.course_id, learner_id=learner_id)
    if len(keys) != 1:
        return [learner_id]
    mates = learners_of(assignment.course_id).filter(group_memberships__group__in=keys)
    return sorted({learner_id, *mates.values_list("pk", flat=True)})


def _sole_groups(assignment: Assignment, learner_ids: Collection[int]) -> Mapping[int, list[int]]:
    """By learner in exactly one group of the course, the active members of that group."""
    active = set(learners_of(assignment.course_id).values_list("pk", flat=True))
    rows = LearnerGroupMember.objects.filter(group__course_id=assignment.course_id)
    mine: defaultdict[int, list[int]] = defaultdict(list)
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for group_id, learner_id in rows.order_by("pk").values_list("group_id", "learner_id"):
        mine[learner_id].append(group_id)
        if learner_id in active:
            inside[group_id].append(learner_id)
    alone = {key: mine[key][0] for key in learner_ids if len(mine[key]) == 1}
    return {key: sorted({key, *inside[group_id]}) for key, group_id in alone.items()}


def _window(dates: Dates) -> Window:
    return Window(opens_at=dates.opens_at, due_at=dates.due_at, cutoff_at=dates.closes_at)
