"""Settings that every installation shares; what differs is in embedded, production and test."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from registry import static_headers

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_htmx",
    "registry",
    "imaging",
    "uploads",
    "cohort",
    "releases",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "registry.middleware.Addresses",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "registry.middleware.ConfidentialResponses",
    "registry.middleware.ProblemPages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "registry.urls"
WSGI_APPLICATION = "registry.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.context.page",
            ],
            "loaders": [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        },
    }
]

AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "registry.problem_pages.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "registry.services.door.hashed_name"
AXES_CLIENT_IP_CALLABLE = "registry.clients.address"
AXES_HANDLER = "registry.services.door.Door"
AXES_DISABLE_ACCESS_LOG = True
TRUSTED_PROXIES = ()
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "email"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = ROOT / "staticfiles"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers.add
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("KICC_HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("KICC_HSTS_PRELOAD", default=False)

EMAIL_HOST_USER = env("KICC_EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env("KICC_EMAIL_PASSWORD", default="")
DIGEST_ADDRESS = env("KICC_DIGEST_ADDRESS", default="")
EMAIL_USE_TLS = env.bool("KICC_EMAIL_TLS", default=False)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "registry.api.tokens.Tokens",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": ["registry.bodies.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "registry.api.pagination.Pages",
    "EXCEPTION_HANDLER": "registry.api.errors.handle",
    "DEFAULT_VERSIONING_CLASS": None,
    "PAGE_SIZE": 100,
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(hours=24),
    "AUTH_HEADER_PREFIX": "Token",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "KICC registry",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "UploadState": "uploads.models.Upload.State",
        "SeriesState": "imaging.models.Series.State",
        "JobState": "uploads.models.Job.State",
        "CaseState": "cohort.models.Case.State",
        "FormState": "cohort.models.FormState",
        "QueryState": "cohort.models.Query.State",
        "HoldDecision": "uploads.models.Hold.Decision",
    },
}

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
}
CELERY_TASK_SOFT_TIME_LIMIT = 3000
CELERY_TASK_TIME_LIMIT = 3300

RECEIPT_RETIRED_KEYS_FILE = env("KICC_RECEIPT_RETIRED_KEYS_FILE", default="")
LEASE_SECONDS = env.int("KICC_LEASE_SECONDS", default=60)
SWEEP_SECONDS = env.int("KICC_SWEEP_SECONDS", default=15)
DEVICE_RULES = env("KICC_DEVICE_RULES", default="")
MAX_FILE_BYTES = env.int("KICC_MAX_FILE_MB", default=512) * 1024 * 1024
STOW_WAIT_SECONDS = env.float("KICC_STOW_WAIT_SECONDS", default=20.0)
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["registry.bodies.NoFiles"]

CELERY_BEAT_SCHEDULE = {
    "put back jobs whose lease ran out": {
        "task": "uploads.tasks.sweep",
        "schedule": SWEEP_SECONDS,
    },
    "check that answers are what their changes add up to": {
        "task": "cohort.tasks.check_record",
        "schedule": crontab(hour=3, minute=10),
    },
    "write to those for whom something waits": {
        "task": "cohort.tasks.send_digest",
        "schedule": crontab(hour=8, minute=0),
    },
    "delete what was abandoned in staging": {
        "task": "uploads.tasks.clean",
        "schedule": crontab(hour=3, minute=30),
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "registry.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "CRITICAL"},
        "pydicom": {"level": "CRITICAL"},
    },
}
