"""All settings, read from the environment. `docs/settings.md` lists the variables."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from annotator.config import env, paths, secret

ROOT = paths.ROOT
VAR = paths.var()
ROLE = env.text("GENBA_ROLE", "command")  # web, worker, beat or command
STARTED = time.monotonic()  # this process
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
# Never on: no environment variable can switch debug pages on.
DEBUG = False

# --- engines ---------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL") or f"redis+socket://{paths.sockets()}/redis.sock"
EMBEDDED_POSTGRES = not DATABASE_URL
EMBEDDED_REDIS = not env.text("REDIS_URL")


def _host(netloc: str) -> str:
    """The host as written (`hostname` would lower it): `%2Fvar%2Frun%2FPg` is a socket's folder."""
    address = netloc.rpartition("@")[2]
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return unquote(address.partition(":")[0])


STATEMENT_TIMEOUTS = {"web": "15s", "worker": "10min", "beat": "15s", "command": "0"}


def _database(url: str) -> dict[str, Any]:
    common = {
        "ENGINE": "annotator.config.database",
        "CONN_MAX_AGE": 60 if ROLE in {"web", "worker"} else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "prepare_threshold": 3,  # for queries.prepared alone: Django's cursors prepare nothing
            "application_name": f"genba-{ROLE}",
            "options": (
                f"-c statement_timeout={STATEMENT_TIMEOUTS.get(ROLE, '15s')}"
                " -c idle_in_transaction_session_timeout=60s"
                + (" -c lock_timeout=3s" if ROLE == "web" else "")
            ),
        },
    }
    if not url:
        return {**common, "NAME": "genba", "USER": "genba", "HOST": str(paths.sockets()), "PORT": "5432"}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise env.SettingError("DATABASE_URL must start with postgresql://")
    return {
        **common,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _host(parts.netloc),
        "PORT": str(parts.port or ""),
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- addresses and security ---------------------------------------------------------------
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000)
DEMO_PORT = env.number("DEMO_PORT", PORT + 1)  # of the demo's shop, which is somebody else's site
DEMO_KEY_NAME = "demo_pages.key"
PUBLIC_URL = env.text("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = [
    *env.words("ALLOWED_HOSTS"),
    urlsplit(PUBLIC_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []
SECRET_KEY = secret.secret_key(VAR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

SESSION_COOKIE_NAME = "__Host-genba" if HTTPS else "genba_session"
CSRF_COOKIE_NAME = "__Host-genba-csrf" if HTTPS else "genba_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
LANGUAGE_COOKIE_NAME = "genba_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
TRUST_PROXY = env.flag("TRUST_PROXY", default=False)  # a proxy of ours writes X-Forwarded-*
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_SSL_REDIRECT = False  # the proxy's task; plain HTTP is for loopback
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
# Redirecting to HTTPS is the proxy's task, and the domain's other hosts are not ours to bind.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- the application -----------------------------------------------------------------------
INSTALLED_APPS = [
    "drift",
    "feedback",
    "annotator",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "annotator.config.static_app.StaticFiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "csp",
    "ninja",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "annotator.web.middleware.private_by_default",
    "feedback.api.origins.from_listed_pages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "annotator.web.middleware.machine_fails",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "annotator.web.middleware.language_of_person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "annotator.web.middleware.fragments_stay_fragments",
    "annotator.web.middleware.refusals_are_json",
]
ROOT_URLCONF = "annotator.config.urls"
WSGI_APPLICATION = "annotator.config.wsgi.application"
AUTH_USER_MODEL = "annotator.User"
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "annotator.web.context.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = "annotator.config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# --- static files ----------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR / "static")))
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "annotator.web.static.GenbaStaticStorage"},
}
MEDIA_ROOT = VAR / "files"

# --- limits (docs/settings.md) ---------------------------------------------------------------
INGEST_MAX_BYTES = env.number("INGEST_MAX_BYTES", 32 * 1024 * 1024)  # after decompression
INGEST_MAX_RECORDS = env.number("INGEST_MAX_RECORDS", 10_000)
INGEST_MAX_RECORD_BYTES = env.number("INGEST_MAX_RECORD_BYTES", 1024 * 1024)
INGEST_MAX_DEPTH = 100
SIGNAL_MAX_BYTES = 64 * 1024  # one of them
SIGNAL_PAGE_BYTES = 256 * 1024  # one request of an end user's browser
SIGNALS_PER_MINUTE = env.number("SIGNALS_PER_MINUTE", 120)  # of one feedback token
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 1024 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = ["annotator.web.uploads.BoundedUpload"]
LEASE_SECONDS = env.number("LEASE_SECONDS", 600)
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 60)
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 15)
WEB_WORKERS = env.number("WEB_WORKERS", 2)
WEB_THREADS = env.number("WEB_THREADS", 16)  # of each; each holds a database connection
WORKER_PROCESSES = env.number("WORKER_PROCESSES", 2)
SUGGEST_THREADS = env.number("SUGGEST_THREADS", 8)  # questions answered at a time

# --- mail and webhooks (optional) ----------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")  # without one no mail is sent
EMAIL_SECURITY = env.text("EMAIL_SECURITY", "starttls").lower()
if EMAIL_SECURITY not in {"starttls", "tls", "none"}:
    raise env.SettingError(f"EMAIL_SECURITY must be starttls, tls or none, not {EMAIL_SECURITY!r}")
EMAIL_PORT = env.number("EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY])
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.Secret(env.text("EMAIL_PASSWORD"))
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"Genba <genba@{urlsplit(PUBLIC_URL).hostname or 'localhost'}>")
# Hosts of one's own network that webhooks may go to, as host or host:port; also by plain HTTP.
WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS")

METRICS_TOKEN = env.Secret(env.text("METRICS_TOKEN"))  # without one there are no metrics
if 0 < len(METRICS_TOKEN) < 16:
    raise env.SettingError("METRICS_TOKEN must have 16 characters or more")

# --- language model (optional) ------------------------------------------------------------------
ANTHROPIC_API_KEY = env.Secret(env.text("ANTHROPIC_API_KEY"))
# Only who runs the instance says where the key is sent.
ANTHROPIC_BASE_URL = env.provider("ANTHROPIC_BASE_URL", "https://api.anthropic.com")
LLM_SECONDS = env.number("LLM_SECONDS", 20)
LLM_DAILY_USD = env.amount("LLM_DAILY_USD", "1.00")  # of each project, unless it has its own
# Whether assertions may run Python code that an output holds: docs/decisions/0020 says how it is held in.
ASSERTIONS_EXECUTE = env.flag("ASSERTIONS_EXECUTE", default=False)

# --- local models -----------------------------------------------------------------------------------
# Besides the built-in one; `annotator.encoding.permitted` says how they are written.
EMBEDDING_MODELS = env.words("EMBEDDING_MODELS")
EMBEDDING_ONNX = env.flag("EMBEDDING_ONNX", default=True)  # where a model was exported for it

# --- drift ------------------------------------------------------------------------------------------
# Of vectors. With less than the least baseline and a day each night would embed what the night before forgot.
DRIFT_KEEP_DAYS = env.number("DRIFT_KEEP_DAYS", 120, least=15)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Celery's two lines for every message say nothing: `annotator.jobs` tells what was done. The
    # provider's library would write prompts into the log, if the log asks for everything.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.app.trace", "celery.worker.strategy", "anthropic", "httpx2", "httpcore2")
    },
}
