"""The API fuzzed from its own schema: no 5xx, no answer that the schema does not know."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms.tests.world import World
from lms.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


@pytest.mark.slow
@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_api_answers_as_its_schema_says(case: Any, world: World) -> None:  # P1 P6
    for who in ("instructor", "learner"):
        headers = {"Authorization": f"Bearer {world.tokens[f'{who} writes']}"}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
