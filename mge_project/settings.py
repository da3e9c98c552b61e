"""All settings, read from the environment in one place; a malformed value stops start-up with its name.

With nothing set, the product runs embedded: SQLite, threads as dispatcher, an in-memory channel layer.
"""

import json
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from kernel import env
from kernel.logging import configure as configure_logging

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("MGE_DATA_DIR", str(BASE_DIR / "var"))).resolve()
TESTING = "pytest" in sys.modules
VERSION = "2.0.0"


def _secret_key() -> str:
    """The key from MGE_SECRET_KEY or MGE_SECRET_KEY_FILE; embedded, one is made once and kept beside the database."""
    if key := env.optional("MGE_SECRET_KEY"):
        return key
    path = Path(env.text("MGE_SECRET_KEY_FILE", str(DATA_DIR / "secret_key")))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _keep_first(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _keep_first(path: Path, text: str) -> None:
    """Make a private file with its text at once: of processes that begin together one makes it, and all read that."""
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        Path(made).replace(path)
        return
    Path(made).unlink()


DEBUG = env.flag("MGE_DEBUG", default=False)
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.listing("MGE_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.listing("MGE_TRUSTED_ORIGINS", [])
HTTPS = env.flag("MGE_HTTPS", default=False)  # set behind a proxy that speaks TLS

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "channels",
    "waffle",
    "django_celery_results",
    "kernel",
    "llm",
    "flags",
    "masterplans",
    "atoms",
    "graphs",
    "validation",
    "execution",
    "execution.attempts",
    "execution.briefs",
    "execution.webhooks",
    "review",
    "rollout",
    "rollout.success",
    "mge_project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mge_project.middleware.RequestContextMiddleware",  # turns odd methods away, which would become labels below
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "waffle.middleware.WaffleMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "mge_project.urls"
ASGI_APPLICATION = "mge_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Databases. SQLite needs IMMEDIATE transactions and WAL to bear several threads.
_SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def _database() -> dict[str, Any]:
    url = env.secret("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'mge.sqlite3'}"
    try:
        # Under ASGI each request has a thread of its own: a connection that outlives it would never be used again.
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
        raise ImproperlyConfigured("DATABASE_URL is not valid: expected postgres://... or sqlite:///FILE") from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = dict(_SQLITE_OPTIONS)
        config["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    kept = env.integer("MGE_DB_POOL", default=0)
    if kept and config["ENGINE"] == "django.db.backends.postgresql":
        # A third of the time of a short request is a new connection and its cold caches.
        config["CONN_HEALTH_CHECKS"] = True  # one that a restart of the database broke is replaced when it is taken
        config["OPTIONS"] = {"pool": {"min_size": 1, "max_size": kept, "timeout": 10}}
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and channel layer. Without MGE_REDIS_URL everything runs in this process.
REDIS_URL = env.secret("MGE_REDIS_URL")
DISPATCHER = env.text("MGE_DISPATCHER", "celery" if REDIS_URL else "local")
if DISPATCHER not in ("local", "celery"):
    raise ImproperlyConfigured(f"MGE_DISPATCHER={DISPATCHER!r} is not valid: expected local or celery")
if DISPATCHER == "celery" and not REDIS_URL:
    raise ImproperlyConfigured("MGE_DISPATCHER=celery needs MGE_REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = (
    {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "capacity": 1000, "expiry": 30},
        }
    }
    if REDIS_URL
    else {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
)
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = "mge_project.results:Results"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXTENDED = True  # the admin shows which task it was
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TASK_TIME_LIMIT = 900
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "health_check_interval": 25,
}

# Sign-in, API
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kernel.drf.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "kernel.drf.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,  # ?format= is ours: zip or patch, DOT or Mermaid
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MGE V2",
    "DESCRIPTION": "A software plan goes in; validated, reviewed code comes out.",
    "VERSION": VERSION,
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True},
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "PlanStatusEnum": "mge_project.api.schema.PLAN_STATUSES",
        "RunStatusEnum": "mge_project.api.schema.RUN_STATUSES",
        "AtomStatusEnum": "mge_project.api.schema.ATOM_STATUSES",
        "ReviewStatusEnum": "mge_project.api.schema.REVIEW_STATUSES",
        "CheckStatusEnum": "mge_project.api.schema.CHECK_STATUSES",
        "ModeEnum": "mge_project.api.schema.MODES",
        "HelpStateEnum": "mge_project.api.schema.HELP_STATES",
        "JobStateEnum": "mge_project.api.schema.JOB_STATES",
        "WorkStatusEnum": "mge_project.api.schema.WORK_STATUSES",
        "HealthStatusEnum": "mge_project.api.schema.HEALTH_STATUSES",
    },
}

# Files served
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
CONSOLE_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("console", CONSOLE_DIST)] if CONSOLE_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

# Security
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^api/v1/health$", r"^metrics$"]  # asked from inside, past the proxy
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# The model. Nothing is called without a key or a base URL.
ANTHROPIC_API_KEY = env.secret("ANTHROPIC_API_KEY")
ANTHROPIC_BASE_URL = env.optional("ANTHROPIC_BASE_URL")
MGE_MODEL = env.text("MGE_MODEL", "claude-sonnet-5-5")
MGE_REQUEST_TIMEOUT_SECONDS = env.number("MGE_REQUEST_TIMEOUT_SECONDS", default=180.0, minimum=1.0)
try:
    MGE_MODEL_PROFILES: dict[str, Any] = json.loads(env.text("MGE_MODEL_PROFILES", "{}"))
except json.JSONDecodeError as error:
    raise ImproperlyConfigured("MGE_MODEL_PROFILES is not valid: expected a JSON object by model name") from error

# The engine
MGE_CONCURRENCY = env.integer("MGE_CONCURRENCY", default=100, minimum=1)
MGE_MAX_ATTEMPTS = env.integer("MGE_MAX_ATTEMPTS", default=3, minimum=1)
MGE_SWEEP_SECONDS = env.integer("MGE_SWEEP_SECONDS", default=10, minimum=1)  # who died is found within this time
MGE_VALIDATORS = env.integer("MGE_VALIDATORS", default=os.cpu_count() or 1, minimum=1)  # at once, for one run
MGE_LEASE_SECONDS = env.integer("MGE_LEASE_SECONDS", default=60, minimum=5)
MGE_SUITE_TIMEOUT_SECONDS = env.integer("MGE_SUITE_TIMEOUT_SECONDS", default=1200, minimum=1)
MGE_SUITE_MEMORY_MIB = env.integer("MGE_SUITE_MEMORY_MIB", default=4096, minimum=64)
MGE_STOP_EARLY = env.flag("MGE_STOP_EARLY", default=False)  # no level above a failed one is judged
MGE_WRITE_TESTS = env.flag("MGE_WRITE_TESTS", default=False)  # the model writes tests for files without any: paid for
MGE_REVIEW_SHARE = env.number("MGE_REVIEW_SHARE", default=0.18, minimum=0.15, maximum=0.20)
MGE_CLAIM_SECONDS = env.integer("MGE_CLAIM_SECONDS", default=300, minimum=30)
MGE_WEBHOOK_ALLOW_PRIVATE = env.flag("MGE_WEBHOOK_ALLOW_PRIVATE", default=False)
MGE_BRIEF_BUDGET_USD = env.number("MGE_BRIEF_BUDGET_USD", default=5.0, minimum=0.0)
MGE_SEARCH_ON_CLAIM = env.flag("MGE_SEARCH_ON_CLAIM", default=True)

# The rollout: how much must be seen before a gate passes or the watcher acts, and how often it looks
MGE_ROLLOUT_MIN_RUNS = env.integer("MGE_ROLLOUT_MIN_RUNS", default=20, minimum=2)
MGE_ROLLOUT_MIN_SCORES = env.integer("MGE_ROLLOUT_MIN_SCORES", default=10, minimum=2)
MGE_WATCH_MIN_RUNS = env.integer("MGE_WATCH_MIN_RUNS", default=10, minimum=2)
MGE_WATCH_SECONDS = env.integer("MGE_WATCH_SECONDS", default=30, minimum=1)
MGE_DEFAULT_OWNER = env.text("MGE_DEFAULT_OWNER", "operator")

# Metrics
MGE_HOURLY_RATE_USD = env.number("MGE_HOURLY_RATE_USD", default=50.0)  # what an hour of a developer is worth
MGE_METRICS_TOKEN = env.secret("MGE_METRICS_TOKEN")
MGE_WORKER_METRICS_PORT = env.integer("MGE_WORKER_METRICS_PORT", default=0)  # 0: a worker serves none
PROMETHEUS_LATENCY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, float("inf"))

LOGGING_CONFIG = None
configure_logging(json_lines=env.flag("MGE_LOG_JSON", default=False), level=env.text("MGE_LOG_LEVEL", "WARNING"))

# Flags
WAFFLE_FLAG_MODEL = "flags.FeatureFlag"
WAFFLE_CREATE_MISSING_SWITCHES = False
