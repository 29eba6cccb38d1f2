"""What empties the database between tests leaves nothing, and leaves its guards standing."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts.models import User
from assessments.models import Attempt
from assessments.models.grade import GradeChange
from assessments.tests.factories import make_attempt, make_quiz, make_school


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_guarded_tables_are_emptied_and_guarded_again() -> None:
    for _round in range(2):
        school = make_school()
        make_attempt(school, make_quiz(school))
        assert GradeChange.objects.exists()
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{GradeChange._meta.db_table}"')  # noqa: S608 - our table
        call_command("flush", interactive=False, verbosity=0)
        assert not User.objects.exists()
        assert not Attempt.objects.exists()
        assert not GradeChange.objects.exists()
