"""Settings of one installation. Each variable is read once, here; agency policy (hours, thresholds) is data, not settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from alongside.common.keyfolder import read_key

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("ALONGSIDE_HOME", "home")).resolve()
KEY_FOLDER = Path(os.environ.get("ALONGSIDE_KEYS", str(HOME / "keys"))).resolve()
DATA_FOLDER = Path(os.environ.get("ALONGSIDE_DATA", str(HERE.parent.parent / "shared" / "data"))).resolve()

SECRET_KEY = read_key(KEY_FOLDER, "web").hex()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALONGSIDE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# On one machine the browser speaks plain HTTP to the loopback address; a site behind TLS sets this to 1.
HTTPS = os.environ.get("ALONGSIDE_HTTPS", "") == "1"


def embedded(folder: Path) -> dict[str, Any]:
    """The default: one encrypted SQLite file. IMMEDIATE, or writers that read first fail at once under load."""
    return {
        "ENGINE": "alongside.common.sqlcipher",
        "NAME": str(folder / "alongside.db"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "key": read_key(KEY_FOLDER, "database"),
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-32000"
            ),
        },
        "TEST": {"NAME": str(folder / "test.db")},
    }


def server(url: str) -> dict[str, Any]:
    """PostgreSQL, from a `postgres://user:password@host:port/name` address."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": server(DATABASE_URL) if DATABASE_URL else embedded(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "journal", "accounts", "people", "identity", "consent", "services", "naloxone", "incidents", "cases", "referrals",
    "visits", "rights", "legal", "review", "intake", "desk", "reports", "public", "demo",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *[f"alongside.{room}" for room in ROOMS],
]
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alongside.accounts.middleware.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "alongside.accounts.middleware.Guard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alongside.accounts.navigation.navigation",
            ],
        },
    }
]
ROOT_URLCONF = "alongside.urls"
WSGI_APPLICATION = "alongside.wsgi.application"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_IDLE_MINUTES = 15
SESSION_HOURS = 12
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-alongside" if HTTPS else "alongside"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Not "no-referrer": with it a browser posts without an origin, and Django cannot tell the form is ours.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("pt-br", _("Portuguese")), ("ht", _("Haitian Creole"))]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("ALONGSIDE_ZONE", "America/New_York")

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
HAS_FONTS = (HERE / "static" / "vendor" / "fonts").is_dir()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "alongside.accounts.errors.FramesOnly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
# An error page or mail must not print local variables: one of them may be a name.
DEFAULT_EXCEPTION_REPORTER_FILTER = "alongside.accounts.errors.NothingShown"
