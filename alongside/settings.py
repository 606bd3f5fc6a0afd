"""Settings of one installation. Each variable is read once, here; agency policy (hours, thresholds) is data, not settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from alongside.common.keyfolder import read_key
from alongside.messaging.rules import mail_server

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("ALONGSIDE_HOME", "home")).resolve()
KEY_FOLDER = Path(os.environ.get("ALONGSIDE_KEYS", str(HOME / "keys"))).resolve()
DATA_FOLDER = Path(os.environ.get("ALONGSIDE_DATA", str(HERE.parent.parent / "shared" / "data"))).resolve()

# Ids of what was forgotten, kept beside the keys and never in the database: a restored backup forgets them again.
FORGOTTEN_LIST = Path(os.environ.get("ALONGSIDE_FORGOTTEN", str(KEY_FOLDER / "forgotten.log"))).resolve()

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


# Where the head of the journal is kept outside: a folder on another disk, or a command that is given it (docs/how-to).
ANCHOR_FOLDER = os.environ.get("ALONGSIDE_ANCHOR", "")
ANCHOR_COMMAND = os.environ.get("ALONGSIDE_ANCHOR_COMMAND", "")

# Messages (docs/how-to/messages.md). With neither a mail server nor a text message service, a line on the terminal.
ADDRESS = os.environ.get("ALONGSIDE_ADDRESS", "http://localhost:8765").rstrip("/")
MAIL_URL = os.environ.get("ALONGSIDE_MAIL", "")
MAIL_FROM = os.environ.get("ALONGSIDE_MAIL_FROM", "alongside@localhost")
SMS_URL = os.environ.get("ALONGSIDE_SMS", "")
# The push services of the browsers there are; the server calls no other address for a push.
PUSH_SERVICES = tuple(
    os.environ.get(
        "ALONGSIDE_PUSH_SERVICES",
        "fcm.googleapis.com,updates.push.services.mozilla.com,.notify.windows.com,.push.apple.com",
    ).split(",")
)
# The site's own road server for the order of the day: osrm:http://… or valhalla:http://…; empty: straight lines.
ROADS = os.environ.get("ALONGSIDE_ROADS", "")
MAILERS = {"default": mail_server(MAIL_URL)}
# A Python with requirements/link.txt, which compares everybody at night (docs/how-to/linking.md); empty: not at night.
LINK_PYTHON = os.environ.get("ALONGSIDE_LINK_PYTHON", "")

DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": server(DATABASE_URL) if DATABASE_URL else embedded(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "journal", "accounts", "messaging", "suppression", "people", "identity", "consent", "linking", "services", "naloxone",
    "incidents", "cases", "referrals", "visits", "families", "measures", "planning", "signals", "rights", "legal", "review",
    "intake", "desk", "field", "partners", "elsewhere", "listings", "exchange", "reports", "evaluation", "public", "entrance",
    "demo",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_ox",
    *[f"alongside.{room}" for room in ROOMS],
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
]
AUTHENTICATION_BACKENDS = ["alongside.entrance.adapters.PasswordBackend"]
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
    "alongside.accounts.middleware.OwnProgramOnly",
    "allauth.account.middleware.AccountMiddleware",
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
                "alongside.review.notice.notice",
                "alongside.demo.hints.demonstration_code",
            ],
        },
    }
]
ROOT_URLCONF = "alongside.urls"
WSGI_APPLICATION = "alongside.wsgi.application"

# Sign-in is django-allauth's; our pages and rules are in the room `entrance` (docs/decisions/0012).
ACCOUNT_ADAPTER = "alongside.entrance.adapters.Entrance"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "alongside.entrance.forms.SignInForm"}
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/300s/key"}
MFA_ADAPTER = "alongside.entrance.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "alongside.entrance.forms.CodeForm",
    "reauthenticate": "alongside.entrance.forms.FreshCodeForm",
    "activate_totp": "alongside.entrance.forms.NewGeneratorForm",
    "add_webauthn": "alongside.entrance.forms.NewPasskeyForm",
    "login_webauthn": "alongside.entrance.forms.PasskeyForm",
    "authenticate_webauthn": "alongside.entrance.forms.SecondPasskeyForm",
    "reauthenticate_webauthn": "alongside.entrance.forms.FreshPasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Alongside"
# A code typed as it ran out still counts; it never counts twice (entrance.forms.is_new).
MFA_TOTP_TOLERANCE = 1
# How many proxies of the site's own stand before the server: their word about the visitor's address is taken, nobody else's.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ALONGSIDE_PROXIES", "0"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Single sign-on for the users of one agency; off unless all of it is set.
OIDC_NAME = os.environ.get("ALONGSIDE_OIDC_NAME", "")
OIDC_AGENCY = os.environ.get("ALONGSIDE_OIDC_AGENCY", "")
OIDC_CLAIM = os.environ.get("ALONGSIDE_OIDC_CLAIM", "preferred_username")
OIDC_SERVER = os.environ.get("ALONGSIDE_OIDC_SERVER", "")
SOCIALACCOUNT_ADAPTER = "alongside.entrance.adapters.SingleSignOn"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "agency",
                "name": OIDC_NAME,
                "client_id": os.environ.get("ALONGSIDE_OIDC_CLIENT", ""),
                "secret": os.environ.get("ALONGSIDE_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_SERVER},
            }
        ],
    }
}

# What happens by the clock (docs/how-to/running.md): when (cron, in TIME_ZONE), how, what. "program" is a function that is
# called with `by=` for each program, behind its wall; "steps" one that lays the wall itself; "command" is typed as it stands.
DUTIES = {
    "messages": ("* * * * *", "steps", "alongside.messaging.sending.send_due"),
    "old messages": ("30 1 * * *", "program", "alongside.messaging.sending.forget_messages"),
    "unanswered": ("* * * * *", "program", "alongside.referrals.asking.escalate"),
    "overdue visits": ("* * * * *", "program", "alongside.visits.outings.find_overdue"),
    "bed holds": ("* * * * *", "program", "alongside.referrals.beds.expire_holds"),
    "bed counts": ("17 * * * *", "program", "alongside.referrals.beds.ask_for_counts"),
    "old links": ("35 1 * * *", "program", "alongside.referrals.links.drop_old_links"),
    "old outings": ("45 1 * * *", "program", "alongside.visits.outings.forget_outings"),
    "sent by phones": ("* * * * *", "steps", "alongside.field.inbox.file_waiting"),
    "old phones": ("45 1 * * *", "program", "alongside.field.keeping.forget_old"),
    "known elsewhere": ("* * * * *", "steps", "alongside.elsewhere.laying.lay_tokens"),
    "old questions": ("50 1 * * *", "program", "alongside.elsewhere.actions.drop_old_questions"),
    "match tokens": ("* * * * *", "steps", "alongside.identity.laying.lay_anew"),
    "early warning": ("4-59/15 * * * *", "steps", "alongside.signals.watching.watch"),
    "reports ahead": ("15 4 * * *", "steps", "alongside.reports.ahead.print_settled"),
    "look-ups": ("*/5 * * * *", "command", "review find"),
    "accounts": ("10 1 * * *", "program", "alongside.accounts.actions.suspend_sleeping"),
    "worker's own": ("40 1 * * *", "command", "ox_prune --older-than 2d --include-failed --verbosity 0"),
}
if LINK_PYTHON:
    DUTIES["who is who"] = ("50 2 * * *", "command", "link --json")
if not DATABASE_URL:  # on PostgreSQL these need the owner of the tables, and stay timers of the machine
    DUTIES["purge"] = ("20 1 * * *", "command", "purge")
    if ANCHOR_FOLDER or ANCHOR_COMMAND:
        DUTIES["anchor"] = ("7 * * * *", "command", "journal anchor")
# How many days after its end a period is printed ahead: late entries have settled by then, and the first click reads the ledger.
REPORTS_SETTLE_DAYS = int(os.environ.get("ALONGSIDE_REPORTS_SETTLE_DAYS", "10"))
# A worker that was killed holds its duty no longer than this; two at one duty at once would still do it right.
DUTY_SECONDS = 120
TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "OPTIONS": {
            "MAX_ATTEMPTS": 6,
            "LOCK_TIMEOUT": 60,  # seconds after which the duty of a worker that was killed is somebody else's
            "BACKOFF_INITIAL": 20,
            "BACKOFF_MAX": 600,
            "SCHEDULES": {
                name: {"task": "alongside.messaging.duties.run_duty", "cron": when, "args": [name]}
                for name, (when, _how, _what) in DUTIES.items()
            },
        },
    }
}

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
    "form-action": ["'self'", *(["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_SERVER))] if OIDC_SERVER else [])],
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
    # They would print the number or the address that did not take a message, or each tick of the worker.
    "loggers": {
        "django_ox": {"level": "ERROR"},
        **{
            name: {"level": "CRITICAL", "propagate": False}
            for name in ("apprise", "pywebpush", "urllib3", "django.tasks")
        },
    },
}
# An error page or mail must not print local variables: one of them may be a name.
DEFAULT_EXCEPTION_REPORTER_FILTER = "alongside.accounts.errors.NothingShown"
