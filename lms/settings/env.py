"""The environment, read once: one typed table that documents and checks every variable."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MODES = ("trial", "test", "production")


class BadEnvironment(Exception):
    """A variable is missing or unusable; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its type, default and meaning."""

    name: str
    kind: Callable[[str], Any]
    default: Any
    meaning: str
    needed_in_production: bool = False


def boolean(text: str) -> bool:
    """true/false, 1/0, yes/no, on/off."""
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off", ""}:
        return False
    msg = "must be true or false"
    raise ValueError(msg)


def mode(text: str) -> str:
    """One of the three modes."""
    if text not in MODES:
        msg = f"must be one of {', '.join(MODES)}"
        raise ValueError(msg)
    return text


def words(text: str) -> list[str]:
    """Words between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def web_url(text: str) -> str:
    """An http or https address without a path."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "must look like https://learn.example.org"
        raise ValueError(msg)
    return text.rstrip("/")


# Those of Chrome and Edge, Firefox, Windows, Safari.
PUSH_HOSTS = [
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
]

TABLE: tuple[Variable, ...] = (
    Variable("LMS_MODE", mode, "production", "trial, test or production"),
    Variable("LMS_SECRET_KEY", str, "", "long random text that signs sessions", True),
    Variable("LMS_PUBLIC_URL", web_url, "", "where people reach this site", True),
    Variable("LMS_SECRET_KEY_FALLBACKS", words, [], "earlier secrets that still open things"),
    Variable("LMS_ALLOWED_HOSTS", words, [], "more host names to answer to"),
    Variable("LMS_DATA_DIR", Path, "data", "folder of the trial's state and of uploads"),
    Variable("DATABASE_URL", str, "", "postgresql://user:password@host:5432/name", True),
    Variable("DATABASE_POOL_MAX", int, 8, "most connections per process"),
    Variable("DATABASE_PREPARE", boolean, True, "off behind a pooler that lends by transaction"),
    Variable("REDIS_URL", str, "", "redis://host:6379/0; broker, cache and fan-out"),
    Variable("REDIS_PREFIX", str, "cairn", "first part of every key and channel in Redis"),
    Variable("S3_BUCKET", str, "", "bucket for uploads; empty keeps them in the data folder"),
    Variable("S3_ENDPOINT_URL", str, "", "endpoint of an S3-compatible store"),
    Variable("S3_REGION", str, "", "region of the bucket"),
    Variable("EMAIL_URL", str, "", "smtp://user:password@host:587 (smtps:// for TLS at once)"),
    Variable("DEFAULT_FROM_EMAIL", str, "Cairn <no-reply@example.com>", "sender of mail"),
    Variable("LMS_MAIL_WINDOW", int, 120, "what happens in so many seconds becomes one mail"),
    Variable(
        "LMS_PUSH_KEY", str, "", "private VAPID key, 32 bytes in base64url; empty: no web push"
    ),
    Variable("LMS_PUSH_HOSTS", words, PUSH_HOSTS, "push services that browsers may name"),
    Variable("LMS_STAFF_IDLE_HOURS", float, 3.0, "unused sessions of staff end after so long"),
    Variable("LMS_STAFF_SESSION_HOURS", float, 12.0, "any session of staff ends after so long"),
    Variable("LMS_TRUSTED_PROXIES", int, 0, "how many proxies in front set X-Forwarded-For"),
    Variable("LMS_METRICS_TOKEN", str, "", "bearer token for /metrics; empty: loopback only"),
    Variable("LMS_LOG_LEVEL", str, "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Variable("LMS_TEST_LOCALE", boolean, False, "offer the right-to-left test locale in the trial"),
    Variable("LMS_THROTTLE", boolean, True, "limit requests; switch off only for benchmarks"),
    Variable("LMS_PREPARE_MINUTES", int, 60, "draw exams so long before they open; 0 never does"),
    Variable(
        "LMS_CODE_QUESTIONS", boolean, None, "run learners' Python in a sandbox; on in the trial"
    ),
    Variable("AI_BASE_URL", web_url, "", "OpenAI-compatible endpoint, such as https://…/v1"),
    Variable("AI_API_KEY", str, "", "its key; without key and address rules generate questions"),
    Variable("AI_MODEL", str, "", "model name at that endpoint"),
    Variable("AI_LOCAL_MODEL", str, "", "name of installed weights to run on this machine"),
    Variable("AI_TIMEOUT", float, 60.0, "seconds that one call may take in all"),
    Variable("AI_LOAD_EARLY", boolean, True, "web processes load what answers need once they run"),
    Variable("AI_DAILY_TOKENS", int, 500_000, "model tokens that one person may use a day"),
)


def read(source: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every variable, converted. Raises BadEnvironment naming what is wrong."""
    given = os.environ if source is None else source
    values: dict[str, Any] = {}
    for variable in TABLE:
        text = given.get(variable.name, "")
        try:
            values[variable.name] = _convert(variable, text)
        except ValueError as problem:
            msg = f"{variable.name} {problem} (it is {text!r}): {variable.meaning}"
            raise BadEnvironment(msg) from problem
    _check(values)
    return values


def _convert(variable: Variable, text: str) -> Any:
    if text:
        if variable.name == "AI_BASE_URL":
            return text.rstrip("/")
        return variable.kind(text)
    if variable.kind is Path:
        return Path(variable.default)
    return variable.default


def _check(values: Mapping[str, Any]) -> None:
    if values["LMS_MODE"] != "production":
        return
    missing = [v.name for v in TABLE if v.needed_in_production and not values[v.name]]
    if missing:
        lines = "\n".join(f"  {v.name}: {v.meaning}" for v in TABLE if v.name in missing)
        msg = f"Production needs these variables (LMS_MODE=trial needs none):\n{lines}"
        raise BadEnvironment(msg)
    if len(values["LMS_SECRET_KEY"]) < 40:
        msg = "LMS_SECRET_KEY must have 40 characters or more"
        raise BadEnvironment(msg)
    if not values["DATABASE_URL"].startswith(("postgresql://", "postgres://")):
        msg = "DATABASE_URL must name a PostgreSQL database in production"
        raise BadEnvironment(msg)
