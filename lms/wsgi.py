"""Pages and API in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django must be set up first

from ai.services.early import load_soon  # noqa: E402
from ai.services.embedding import share_vectors  # noqa: E402

if settings.AI["share_vectors"]:
    share_vectors()
if settings.AI["load_early"]:
    load_soon()
