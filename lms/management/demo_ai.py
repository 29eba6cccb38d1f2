"""AI in the demo: budgets, a learner who agreed, a course that asks more, a model not yet in use.

Nothing is made up of calls: no model is connected, so the ledger has what rules did and no spend.
"""

from datetime import datetime, timedelta

from ai.enums import AiRole, BudgetScope, Period, ProviderKind, Purpose, TutorStyle
from ai.models import Budget, Profile
from ai.services.connection import ProviderFields, save_provider
from ai.services.consent import give_consent
from ai.services.settings import save_setting
from ai.services.switches import set_course_switches
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.management.demo_timeline import Stage

AGREED_AGO = timedelta(days=20)
SITE_TOKENS, COURSE_TOKENS, LEARNER_TOKENS = 5_000_000, 1_000_000, 40_000
SITE_MONEY = 50_00


def set_up_ai(stage: Stage, now: datetime) -> None:
    """What an admin, an instructor and a learner chose."""
    admin, bridges = stage.actor("admin@example.com"), stage.courses["how-bridges-stand-up"]
    with clock.travel(now - AGREED_AGO):
        _budgets(stage)
        # Out of use: a profile in use would come before the model that the environment names.
        local = save_provider(
            actor=admin,
            fields=ProviderFields(name="this-machine", kind=ProviderKind.LOCAL, active=False),
        )
        tutor = Profile(purpose=Purpose.TUTOR, provider=local, model="local", active=False)
        save_setting(actor=admin, row=tutor)
        set_course_switches(
            actor=for_user(bridges.created_by),
            course=bridges,
            off=False,
            style=TutorStyle.ANSWERS,
            ask_consent=True,
            off_purposes=(Purpose.MARKING.value,),
        )
        give_consent(actor=stage.actor("student@example.com"), of_age=True)


def _budgets(stage: Stage) -> None:
    admin, course = stage.actor("admin@example.com"), stage.courses["thinking-with-data"]
    rows = [
        Budget(scope=BudgetScope.SITE, period=Period.MONTH, tokens=SITE_TOKENS, money=SITE_MONEY),
        Budget(scope=BudgetScope.COURSE, period=Period.MONTH, course=course, tokens=COURSE_TOKENS),
        Budget(
            scope=BudgetScope.PERSON,
            period=Period.DAY,
            role=AiRole.LEARNER,
            tokens=LEARNER_TOKENS,
        ),
    ]
    for row in rows:
        save_setting(actor=admin, row=row)
