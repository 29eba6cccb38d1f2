"""Draws out of categories, tags and learning outcomes."""

import pytest

pytestmark = pytest.mark.django_db
