"""One path of settings for trial, test and production; the environment table is in `env`."""

import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from lms.settings import api, stores
from lms.settings.env import BadEnvironment, read

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
try:
    ENV = read()
except BadEnvironment as problem:
    sys.exit(f"Cairn cannot start. {problem}")

LMS_MODE: str = ENV["LMS_MODE"]
TRIAL, TEST = LMS_MODE == "trial", LMS_MODE == "test"
PRODUCTION = LMS_MODE == "production"
DATA_DIR: Path = (BASE_DIR / ENV["LMS_DATA_DIR"]).resolve()
PUBLIC_URL: str = ENV["LMS_PUBLIC_URL"] or "http://127.0.0.1:8000"
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
REDIS_URL: str | None = ENV["REDIS_URL"] or None
PUSH_PREFIX: str = ENV["REDIS_PREFIX"]
DEBUG = False


def _own_secret() -> str:
    """The trial makes its own secret and keeps it in the data folder."""
    if TEST:
        return "test-" + "x" * 60
    path = DATA_DIR / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _own_push_key() -> str:
    """The trial makes its own key of push, too; elsewhere there is none unless it is given."""
    if not TRIAL:
        return "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE" if TEST else ""
    path = DATA_DIR / "push-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


SECRET_KEY = ENV["LMS_SECRET_KEY"] or _own_secret()
SECRET_KEY_FALLBACKS: list[str] = ENV["LMS_SECRET_KEY_FALLBACKS"]
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", *ENV["LMS_ALLOWED_HOSTS"]]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]", "testserver"]

INSTALLED_APPS = [
    "realtime.apps.RealtimeConfig",
    "interop.apps.InteropConfig",
    "ai.apps.AiConfig",
    "analytics.apps.AnalyticsConfig",
    "assessments.apps.AssessmentsConfig",
    "courses.apps.CoursesConfig",
    "accounts.apps.AccountsConfig",
    "lms.kernel.apps.KernelConfig",
    "lms.apps.ProjectConfig",
    "unfold.apps.BasicAppConfig",
    "lms.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_prometheus",
    "django_htmx",
    "django_filters",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "lms.kernel.web.middleware.RequestIdMiddleware",
    "lms.kernel.web.middleware.PlainTextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.kernel.web.middleware.HealthMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.views.middleware.StaffSessionMiddleware",
    "lms.kernel.web.middleware.ActorMiddleware",
    "courses.views.middleware.RolesMiddleware",
    "accounts.views.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lms.kernel.web.middleware.ErrorPageMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
ASGI_APPLICATION = "lms.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["lms.kernel.web.tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "lms.kernel.web.context.page",
            ],
        },
    }
]

DATABASES = {"default": stores.database(ENV["DATABASE_URL"], DATA_DIR, ENV["DATABASE_POOL_MAX"])}
DATABASE_PREPARE: bool = ENV["DATABASE_PREPARE"]
if TEST and not ENV["DATABASE_URL"]:
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = stores.caches(ENV["REDIS_URL"], ENV["REDIS_PREFIX"], DATA_DIR)
CHANNEL_LAYERS = stores.channel_layers(ENV["REDIS_URL"], ENV["REDIS_PREFIX"], DATA_DIR)
CELERY = stores.celery(ENV["REDIS_URL"], ENV["REDIS_PREFIX"], DATA_DIR)
STORAGES = stores.storages(
    ENV["S3_BUCKET"], ENV["S3_ENDPOINT_URL"], ENV["S3_REGION"], hashed_static=PRODUCTION
)
_mail = stores.mail(ENV["EMAIL_URL"], DATA_DIR, test=TEST)
EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
globals().update(_mail)
DEFAULT_FROM_EMAIL: str = ENV["DEFAULT_FROM_EMAIL"]
MAIL_WINDOW: int = ENV["LMS_MAIL_WINDOW"]
PUSH_KEY: str = ENV["LMS_PUSH_KEY"] or _own_push_key()
PUSH_HOSTS: list[str] = ENV["LMS_PUSH_HOSTS"]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else DATA_DIR / "staticfiles"
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

AUTH_USER_MODEL = "accounts.User"
# One backend: with two, a failed sign-in would hash twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
if TEST:  # argon2 takes 50 ms a login; the tests of accounts switch it back on
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.forms.passwords.DisguisedPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.forms.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.SignInForm",
    "signup": "accounts.forms.sign_up.SignUpForm",
}
# Failed sign-ins are counted by our own throttle, on pages and API together.
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {
    "login_failed": None,
    "login": "300/m/ip",
    "signup": "60/m/ip",
    "reset_password": "30/15m/ip,10/15m/key",
    "reset_password_from_key": "30/15m/ip",
    "change_password": "10/15m/user",
    "reauthenticate": "30/15m/user",
    "manage_email": "30/15m/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
STAFF_IDLE_SECONDS: float = ENV["LMS_STAFF_IDLE_HOURS"] * 3600
STAFF_SESSION_SECONDS: float = ENV["LMS_STAFF_SESSION_HOURS"] * 3600
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"  # frame-ancestors of the content policy is what browsers follow
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF, "https://www.youtube-nocookie.com", "https://player.vimeo.com"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
TRUSTED_PROXIES: int = ENV["LMS_TRUSTED_PROXIES"]
METRICS_TOKEN: str = ENV["LMS_METRICS_TOKEN"]
PREPARE_MINUTES: int = ENV["LMS_PREPARE_MINUTES"]
# Also where it is on nothing runs before a worker has proved its sandbox.
CODE_QUESTIONS: bool = (
    TRIAL or TEST if ENV["LMS_CODE_QUESTIONS"] is None else ENV["LMS_CODE_QUESTIONS"]
)
THROTTLE: bool = ENV["LMS_THROTTLE"] and not TEST

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
if LMS_MODE == "test" or (LMS_MODE == "trial" and ENV["LMS_TEST_LOCALE"]):
    LANGUAGES.append(("ar", _("Test locale, right to left")))
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "lms.formats"
TIME_ZONE = "UTC"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lms.kernel.rest.auth.BearerAuthentication",
        "lms.kernel.rest.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["lms.kernel.rest.permissions.SignedIn"],
    # As they are, and so in UTC, whatever zone the asker lives in.
    "DATETIME_FORMAT": None,
    "DEFAULT_RENDERER_CLASSES": ["lms.kernel.rest.wire.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lms.kernel.rest.wire.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "lms.kernel.rest.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "lms.kernel.rest.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["lms.kernel.rest.throttles.OperationThrottle"],
    "EXCEPTION_HANDLER": "lms.kernel.rest.problems.handle",
    "DEFAULT_FILTER_BACKENDS": [],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cairn",
    "DESCRIPTION": api.INTRODUCTION,
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "NotificationKindEnum": "realtime.enums.NotificationKind",
        "RestrictionKindEnum": "realtime.enums.RestrictionKind",
        "RevisionKindEnum": "realtime.enums.RevisionKind",
        "ThreadKindEnum": "realtime.enums.ThreadKind",
        "LessonKindEnum": "courses.enums.LessonKind",
        "QuestionKindEnum": "assessments.enums.QuestionKind",
        "QuestionStateEnum": "assessments.enums.QuestionState",
        "ShareLevelEnum": "assessments.enums.ShareLevel",
        "CourseLevelEnum": "courses.enums.CourseLevel",
        "GeneratedKindEnum": "ai.enums.QuestionKind",
        "ContentKindEnum": "ai.enums.ContentKind",
        "DifficultyEnum": "assessments.enums.Difficulty",
        "AttemptStateEnum": "assessments.enums.AttemptState",
        "PublicationStateEnum": "assessments.enums.QuizState",
        "RubricKindEnum": "assessments.enums.RubricKind",
        "SubmissionStateEnum": "assessments.enums.SubmissionState",
        "ReviewItemEnum": "assessments.enums.ReviewItem",
        "CurveKindEnum": "assessments.enums.CurveKind",
        "GradeItemKindEnum": "assessments.enums.GradeItemKind",
        "CourseStateEnum": "courses.enums.CourseState",
        "LessonVersionStateEnum": "courses.enums.VersionState",
        "DraftStateEnum": "ai.enums.DraftState",
        "HelpStateEnum": "analytics.api.risk.STATES",
        "StepKindEnum": "analytics.enums.StepKind",
        "SupportKindEnum": "analytics.enums.SupportKind",
        "ReportFormatEnum": "analytics.enums.ExportFormat",
        "FormatEnum": "assessments.enums.ExchangeFormat",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "lms.kernel.rest.schema.add_problems",
        "assessments.api.details.allow_any_detail",
    ],
}

AI = {
    "base_url": ENV["AI_BASE_URL"],
    "api_key": ENV["AI_API_KEY"],
    "model": ENV["AI_MODEL"],
    "local_model": ENV["AI_LOCAL_MODEL"],
    "timeout": ENV["AI_TIMEOUT"],
    "load_early": ENV["AI_LOAD_EARLY"] and not TEST,
    "share_vectors": not TEST,
    "daily_tokens": ENV["AI_DAILY_TOKENS"],
}
# What counts beside a block's own words when the tutor looks something up: its lesson's and its
# section's, and likeness of meaning (0 leaves it out). Measured in docs/ai.md.
AI_RETRIEVAL = {"lesson": 1.0, "section": 0.6, "meaning": 0.5}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "lms.kernel.web.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["console"], "level": ENV["LMS_LOG_LEVEL"]},
    "loggers": {"django.request": {"level": "ERROR"}},
}

UNFOLD = {
    "SITE_TITLE": "Cairn",
    "SITE_HEADER": "Cairn",
    "SHOW_VIEW_ON_SITE": False,
    # Pages for administrators that are no tables.
    "SITE_DROPDOWN": [
        {"icon": "home", "title": _("Back to the site"), "link": "/"},
        {"icon": "tune", "title": _("What AI may do"), "link": "/ai/settings/"},
        {"icon": "payments", "title": _("AI spend"), "link": "/ai/spend/"},
    ],
    # The blue of the product: `--h` and `--brand-fill` of static/css/tokens.css.
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .014 266)",
            "100": "oklch(93.6% .032 266)",
            "200": "oklch(88.5% .062 266)",
            "300": "oklch(81.1% .105 266)",
            "400": "oklch(71.4% .155 266)",
            "500": "oklch(62.3% .19 266)",
            "600": "oklch(51% .215 266)",
            "700": "oklch(45% .205 266)",
            "800": "oklch(40% .17 266)",
            "900": "oklch(36% .135 266)",
            "950": "oklch(28% .09 266)",
        }
    },
}
