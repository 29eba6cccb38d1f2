"""Load the application once and then start a server that forks: its workers share that memory.

`python -m lms.preload granian …` or `gunicorn …`, with the server's own arguments. What is loaded
are modules, models and addresses; connections, threads and what a worker finds out for itself
belong to the worker. Where a server spawns its workers instead (macOS), this changes nothing.
"""

import gc
import os
import runpy
import sys
from importlib import import_module

# What workers of sockets load besides, or at their first socket. `lms.asgi` itself starts a thread.
SOCKETS = (
    "channels.layers",
    "channels.routing",
    "django.core.handlers.asgi",
    "lms.kernel.push.links",
    "lms.kernel.push.publisher",
    "lms.room_worker",
    "psycopg_pool",
    "realtime.routing",
    "redis.asyncio",
)
# What the tutor's first answer would load in each worker of pages.
ANSWERS = ("numpy", "openai")


def preload(*, sockets: bool) -> None:
    """Load what every worker needs, and keep the collector from touching those pages again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.urls import get_resolver
    from django.utils import translation
    from django.utils.module_loading import import_string

    for name in settings.MIDDLEWARE:
        import_string(name)
    answers = ANSWERS if settings.AI["load_early"] else ()
    # numpy would start a thread for each further core, and what is forked must have none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in SOCKETS if sockets else answers:
        import_module(name)
    _addresses = get_resolver().url_patterns
    for model in apps.get_models():  # what the first query of each would work out
        _fields = model._meta.fields_map, model._meta.get_fields()
    with translation.override(settings.LANGUAGE_CODE):
        translation.gettext("Yes")
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    preload(sockets="lms.asgi:application" in sys.argv)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
