"""Settings: from the environment alone (docs/reference/settings.md); a bare checkout runs on SQLite."""

import os
import secrets
from pathlib import Path

import environ
from bokeh.util.paths import bokehjs_path
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def positive(name: str, default: int) -> int:
    """Read a whole number of at least 1 from the environment."""
    value: int = env.int(name, default)
    if value < 1:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least 1, got {value}")
    return value


def kept_secret(path: Path) -> str:
    """Read the secret key of this installation; make it on the first start, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


STATE_DIR = Path(env.str("STATE_DIR", str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret(STATE_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "vetting",
    "vetting.registry",
    "vetting.tokens",
    "vetting.candidates",
    "vetting.ingest",
    "vetting.campaigns",
    "vetting.datasets",
]

MIDDLEWARE = [
    "vetting.common.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vetting.common.ApplicationErrorMiddleware",
]

ROOT_URLCONF = "vetting.urls"
WSGI_APPLICATION = "vetting.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vetting.campaigns.comment_views.unread",
            ],
        },
    },
]

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{STATE_DIR / 'db.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # Both are needed: without IMMEDIATE nine of ten concurrent label posts fail with "database is locked".
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, as on a site: tables of an in-memory database lock between the threads of a browser test.
    DATABASE["TEST"] = {"NAME": STATE_DIR / "test.sqlite3"}
DATABASE_POOL = env.int("DATABASE_POOL", 0)
if DATABASE["ENGINE"] == "django.db.backends.postgresql" and DATABASE_POOL:
    pool = {"min_size": 2, "max_size": DATABASE_POOL, "timeout": 10}
    DATABASE["OPTIONS"] = DATABASE.get("OPTIONS", {}) | {"pool": pool}  # the address may ask for TLS or a schema
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
# Without STATIC_ROOT, files are served from where they lie; with it, collectstatic's hashed and compressed copies.
STATIC_ROOT = env.str("STATIC_ROOT", "") or None
STATICFILES_DIRS = [BASE_DIR / "static", ("bokeh", bokehjs_path() / "js")]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(STATE_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "vetting.common.AtomicFileStorage"},
    "staticfiles": {
        "BACKEND": "vetting.common.ModuleStaticFiles"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "scan"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# HTTPS is said, not guessed: a site behind a TLS proxy sets HTTPS=on and gets the whole set.
HTTPS = env.bool("HTTPS", False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF, UNSAFE_INLINE],  # Bokeh writes style elements
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "vetting.tokens.access.HashedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "vetting.tokens.access.HasScope"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "vetting.common.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("THROTTLE_ANONYMOUS", "30/min"),
        "user": env.str("THROTTLE_USER", "1200/min"),
        "token": env.str("THROTTLE_TOKEN", "10/min"),
    },
    # Addresses of clients are believed from this many proxies only: X-Forwarded-For is anyone's to write.
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", 0),
    "EXCEPTION_HANDLER": "vetting.common.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "DeepStreaks",
    "VERSION": "1",
    "DESCRIPTION": "Candidates, cutouts, scores, labels and nights of streaking near-Earth asteroids.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},  # its links lie inside buttons, which screen readers cannot reach
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "WebhookEvent": "vetting.campaigns.models.Webhook.Event",
        "CandidateState": "vetting.candidates.models.SEEN_STATES",
        "DeliveryState": "vetting.campaigns.models.Delivery.State",
        "FineClassEnum": "vetting.campaigns.models.CLASS_CHOICES",
        "GoldSourceEnum": "vetting.campaigns.models.PoolItem.Gold",
        "DeferralKind": "vetting.campaigns.models.Deferral.Kind",
    },
}

# Scoring
SCORING_MODELS = Path(env.str("SCORING_MODELS", str(BASE_DIR / "scoring" / "models" / "compact")))
SCORING_THREADS = positive("SCORING_THREADS", 2)
SCORING_BATCH = positive("SCORING_BATCH", 128)
SWEEP_SECONDS = positive("SWEEP_SECONDS", 5)
CLAIM_SECONDS = positive("CLAIM_SECONDS", 120)

# The clock of a night: minutes from mid-exposure within which candidates should be scored, seen and decided.
LATENCY_TARGETS_MINUTES = {
    "scored": positive("TARGET_SCORED_MINUTES", 20),
    "first look": positive("TARGET_LOOK_MINUTES", 60),
    "decided": positive("TARGET_DECIDED_MINUTES", 120),
}

# Celery: without a broker the worker runs inside the web process.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "memory://localhost")
EMBEDDED_BROKER = CELERY_BROKER_URL.startswith("memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.02}
    if EMBEDDED_BROKER
    # Who publishes gives up soon, for the sweep finds what was not told; workers go on trying by their own settings.
    else {"visibility_timeout": 3600, "max_retries": 0, "socket_connect_timeout": 2, "socket_timeout": 5}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
DESCRIBE_SECONDS = 30
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "candidates.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "describe": {"task": "campaigns.describe", "schedule": DESCRIBE_SECONDS, "options": {"expires": DESCRIBE_SECONDS}},
    "webhooks": {"task": "webhooks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "campaigns": {"task": "campaigns.refresh", "schedule": 60, "options": {"expires": 60}},
}

# Webhooks go to https and public addresses only; these hosts, as host:port, may be private and without TLS.
WEBHOOK_ALLOW = env.list("WEBHOOK_ALLOW", default=[])

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
