"""Load the application once and then start a server that forks: its workers share that memory.

`python -m lms.preload granian …` or `gunicorn …`, with the server's own arguments. What is loaded
are modules, models and addresses; connections, threads and what a worker finds out for itself
belong to the worker. Where a server spawns its workers instead (macOS), this changes nothing.
"""

import gc
import os
import runpy
import sys


def preload() -> None:
    """Load what every worker needs, and keep the collector from touching those pages again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    import django

    django.setup()
    from django.urls import get_resolver

    _loaded = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    preload()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
