"""Sockets in production; everything in the trial."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - Django must be set up
from django.conf import settings  # noqa: E402

from ai.services.early import load_soon  # noqa: E402
from ai.services.embedding import share_vectors  # noqa: E402
from lms.kernel.web.assets import Assets  # noqa: E402
from realtime.routing import sockets  # noqa: E402

http = (
    django_application if settings.PRODUCTION else Assets(django_application, settings.STATIC_URL)
)
application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": sockets,
    }
)

if settings.AI["share_vectors"]:
    share_vectors()
# In production these processes hold sockets by the thousand and few of them ever stream an answer.
if settings.AI["load_early"] and not settings.PRODUCTION:
    load_soon()
