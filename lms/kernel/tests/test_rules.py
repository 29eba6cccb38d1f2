import pytest
from django.db.models import QuerySet

from lms.kernel import actors
from lms.kernel.actors import ANONYMOUS, Actor, ActorKind
from lms.kernel.errors import Denied, NotFound, SignInRequired
from lms.kernel.jobs.access import CANCEL_JOB, VIEW_JOB
from lms.kernel.models import Job
from lms.kernel.rules import Rule, allows, fetch, require, require_write
from lms.kernel.testing import assert_rule_agrees

pytestmark = pytest.mark.django_db

OWNER = Actor(kind=ActorKind.USER, user_id=1)
OTHER = Actor(kind=ActorKind.USER, user_id=2)
ADMIN = Actor(kind=ActorKind.USER, user_id=3, is_admin=True)
READER = Actor(kind=ActorKind.TOKEN, user_id=1, scopes=frozenset({"read"}))
ACTORS = {"anonymous": ANONYMOUS, "owner": OWNER, "other": OTHER, "admin": ADMIN, "token": READER}


@pytest.fixture
def job() -> Job:
    return Job.objects.create(kind="kernel.test", actor_kind="user", created_by_id=1)


@pytest.mark.parametrize("rule", [VIEW_JOB, CANCEL_JOB], ids=lambda rule: rule.name)
def test_job_rules_agree_with_their_rows(rule: Rule[Job], job: Job) -> None:
    others = Job.objects.create(kind="kernel.test", actor_kind="system")
    assert_rule_agrees(rule, ACTORS, [job, others])


def test_require_asks_nobody_to_sign_in(job: Job) -> None:
    with pytest.raises(SignInRequired):
        require(ANONYMOUS, CANCEL_JOB, job)


def test_require_hides_what_the_asker_may_not_see(job: Job) -> None:  # Z2
    with pytest.raises(NotFound):
        require(OTHER, CANCEL_JOB, job)
    with pytest.raises(NotFound):
        require(OTHER, VIEW_JOB, job)


def test_require_denies_a_read_token_to_write(job: Job) -> None:
    require(READER, VIEW_JOB, job)
    with pytest.raises(Denied, match="may only read"):
        require(READER, CANCEL_JOB, job)
    assert not allows(READER, CANCEL_JOB, job)


def test_require_denies_writing_in_preview(job: Job) -> None:  # Z8
    with pytest.raises(Denied, match="as a student"):
        require(OWNER.previewing(7), CANCEL_JOB, job)


def test_require_denies_a_verb_on_a_visible_object(job: Job) -> None:
    def nobody(_actor: Actor, _job: Job) -> bool:
        return False

    def none(_actor: Actor) -> QuerySet[Job]:
        return Job.objects.none()

    rule = Rule("kernel.test.never", may=nobody, rows=none, visible=VIEW_JOB)
    with pytest.raises(Denied):
        require(OWNER, rule, job)


def test_rule_names_are_unique() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        Rule("kernel.job.view", may=VIEW_JOB.may, rows=VIEW_JOB.rows)


def test_fetch_gives_only_visible_rows(job: Job) -> None:
    assert fetch(OWNER, VIEW_JOB, public_id=job.public_id) == job
    with pytest.raises(NotFound):
        fetch(OTHER, VIEW_JOB, public_id=job.public_id)
    with pytest.raises(NotFound):
        fetch(OWNER, VIEW_JOB, public_id="\x00")
    with pytest.raises(SignInRequired):
        fetch(ANONYMOUS, VIEW_JOB, public_id=job.public_id)


def test_require_write_needs_a_person_who_may_write() -> None:
    require_write(OWNER)
    require_write(actors.system("test"))
    with pytest.raises(SignInRequired):
        require_write(ANONYMOUS)
    with pytest.raises(Denied):
        require_write(READER)


def test_an_ai_tool_reads_with_its_askers_rights_and_never_writes(job: Job) -> None:  # I3
    tool = actors.ai_tool(OWNER)
    require(tool, VIEW_JOB, job)
    with pytest.raises(Denied):
        require(tool, CANCEL_JOB, job)
