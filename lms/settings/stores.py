"""Where state lives: database, cache, channel layer, broker, files, each by the environment."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database(url: str, data: Path, pool_max: int) -> dict[str, Any]:
    """The `DATABASES["default"]` entry: PostgreSQL, or SQLite in the data folder.

    `pool_max` 0 means a connection of its own per thread instead of a pool.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data / "cairn.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    if pool_max:
        options["pool"] = {"min_size": 1, "max_size": pool_max, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def caches(redis_url: str, prefix: str, data: Path) -> dict[str, Any]:
    """Redis that fails open, or files in the data folder."""
    if redis_url:
        return {
            "default": {
                "BACKEND": "lms.kernel.db.cache.OpenRedisCache",
                "LOCATION": redis_url,
                "KEY_PREFIX": prefix,
                "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},
            }
        }
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(data / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }


def channel_layers(redis_url: str, prefix: str, data: Path) -> dict[str, Any]:
    """Redis, or the SQLite layer of the trial."""
    if redis_url:
        return {
            "default": {
                "BACKEND": "channels_redis.core.RedisChannelLayer",
                "CONFIG": {
                    "hosts": [{"address": redis_url, "socket_timeout": None}],
                    "prefix": f"{prefix}:layer",
                    "capacity": 1000,
                },
            }
        }
    return {
        "default": {
            "BACKEND": "lms.sqlite_layer.SqliteChannelLayer",
            "CONFIG": {"path": str(data / "channels.sqlite3")},
        }
    }


TASKS: dict[str, Any] = {
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_default_queue": "default",
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_prefetch_multiplier": 1,
    "task_time_limit": 1800,
    "task_soft_time_limit": 1740,
    "broker_connection_retry_on_startup": True,
    "broker_connection_timeout": 0.3,
    "worker_soft_shutdown_timeout": 5,
    "worker_hijack_root_logger": False,
    "timezone": "UTC",
}
VISIBILITY_TIMEOUT = 3600


def celery(redis_url: str, prefix: str, data: Path) -> dict[str, Any]:
    """Broker settings; a dead broker costs a request 0.3 s and never the job."""
    if redis_url:
        options = {
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "global_keyprefix": f"{prefix}:broker:",
            "socket_connect_timeout": 0.3,
            "max_retries": 0,
        }
        return {
            **TASKS,
            "broker_url": redis_url,
            "broker_transport_options": options,
            "result_backend_transport_options": {"visibility_timeout": VISIBILITY_TIMEOUT},
            "visibility_timeout": VISIBILITY_TIMEOUT,
        }
    folder = data / "broker"
    for part in ("queue", "control", "done"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return {
        **TASKS,
        "broker_url": "filesystem://localhost",
        "broker_transport_options": {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "processed_folder": str(folder / "done"),
            "polling_interval": 0.2,
        },
    }


def storages(bucket: str, endpoint: str, region: str, *, hashed_static: bool) -> dict[str, Any]:
    """Uploads in S3 or the data folder; static files hashed in production."""
    static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    uploads: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if bucket:
        uploads = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": bucket,
                "endpoint_url": endpoint or None,
                "region_name": region or None,
                "querystring_expire": 300,
                "default_acl": None,
                "file_overwrite": False,
            },
        }
    return {
        "default": uploads,
        "staticfiles": {"BACKEND": static if hashed_static else plain},
    }


def mail(url: str, data: Path, *, test: bool) -> dict[str, Any]:
    """SMTP by URL, files in the data folder in the trial, memory in tests."""
    if test:
        return {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(data / "mail"),
        }
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 587,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.username is not None,
        "EMAIL_TIMEOUT": 10,
    }
