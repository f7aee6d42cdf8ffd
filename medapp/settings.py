"""Django settings. Everything comes from the environment with working laptop defaults.

Production (``MEDAPP_ENV=production``) refuses to start on a demonstration secret, DEBUG or an open broker.
"""

import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from medapp import env, laptop

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("MEDAPP_VAR_DIR", BASE_DIR / "var")
MODE = env.text("MEDAPP_ENV", "laptop")
if MODE not in ("laptop", "production"):
    raise env.BadSettingError("MEDAPP_ENV", "laptop or production")
IS_PRODUCTION = MODE == "production"
IS_DEMO = env.flag("MEDAPP_DEMO", not IS_PRODUCTION)
DEBUG = env.flag("MEDAPP_DEBUG", False)

SECRET_KEY = env.text("MEDAPP_SECRET_KEY") or laptop.secret(VAR_DIR / "keys" / "django.key", IS_PRODUCTION)
VAULT_KEYS = env.text("MEDAPP_VAULT_KEYS") or laptop.vault_keys(
    VAR_DIR / "keys" / "vault.keys", IS_PRODUCTION
)
# The machine itself always asks for /health by one of the latter names.
ALLOWED_HOSTS = [*env.words("MEDAPP_ALLOWED_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("MEDAPP_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "medapp.vault",
    "medapp.audit",
    "medapp.accounts",
    "medapp.registry",
    "medapp.jobs",
    "medapp.records",
    "medapp.ui",
    "imaging",
    "diagnosis",
    "consult",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "rest_framework.authtoken",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "medapp.http.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "medapp.http.middleware.IdleLogoutMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "medapp.http.middleware.SecurityHeadersMiddleware",
    "medapp.http.middleware.RefusalMiddleware",
    "medapp.http.middleware.PlainAddressMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "medapp.urls"
ASGI_APPLICATION = "medapp.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "medapp.http.context.frame",
            ],
        },
    }
]

# storage
DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "medapp.sqlite3")}
BLOB_DIR = env.folder("MEDAPP_BLOB_DIR", VAR_DIR / "blobs")
UPLOAD_DIR = env.folder("MEDAPP_UPLOAD_DIR", VAR_DIR / "uploads")
MODELS_DIR = env.folder("MEDAPP_MODELS_DIR", BASE_DIR / "var" / "models")
PACKS_DIR = env.folder("MEDAPP_PACKS_DIR", BASE_DIR / "packs")
UPLOAD_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
# Files are streamed to disk by imaging's own upload view; this limit holds for ordinary form posts only.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(UPLOAD_DIR)
MAX_ORDINARY_BYTES = 72 * 1024 * 1024  # the largest table of a batch and the form around it
MAX_UPLOAD_BYTES = env.number("MEDAPP_MAX_UPLOAD_MIB", 4096) * 1024 * 1024

# jobs
BROKER_URL = env.text("BROKER_URL") or laptop.broker_url(VAR_DIR)
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "io"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_SOFT_TIME_LIMIT = 3500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 7200,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# models
MODEL_QUEUE = env.text("MEDAPP_MODEL_QUEUE", "cpu")
DEFAULT_MODELS = {"instance": "chest-xray", "note": "zh-department", "chat": "smollm2-chat"}
CHAT_SERVER_URL = env.text("MEDAPP_CHAT_SERVER_URL")
CHAT_SERVER_MODEL = env.text("MEDAPP_CHAT_SERVER_MODEL")
CHAT_SERVER_KEY = env.text("MEDAPP_CHAT_SERVER_KEY")
CHAT_TIMEOUT_SECONDS = env.number("MEDAPP_CHAT_TIMEOUT_SECONDS", 60)

# people
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "worklist"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "medapp.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # django-axes counts and locks
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "medapp"
AXES_FAILURE_LIMIT = env.number("MEDAPP_LOGIN_ATTEMPTS", 6)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
IDLE_LOGOUT_SECONDS = env.number("MEDAPP_IDLE_LOGOUT_MINUTES", 30) * 60
BREAK_GLASS_SECONDS = 3600
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_FAILURE_VIEW = "medapp.http.pages.csrf_failure"

# web
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.flag("MEDAPP_HTTPS_ONLY", IS_PRODUCTION)
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL_REDIRECT else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None
SECURE_REDIRECT_EXEMPT = [r"^health$"]
X_FRAME_OPTIONS = "SAMEORIGIN"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", *[d for d in [BASE_DIR / "var" / "front"] if d.is_dir()]]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# languages
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = env.text("MEDAPP_LANGUAGE", "zh-hans")
TIME_ZONE = env.text("MEDAPP_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
LOCALE_DOMAINS = ["core", "records", "imaging", "diagnosis", "consult", "interface", "api"]
LOCALE_PATHS = [BASE_DIR / "locale" / domain for domain in LOCALE_DOMAINS]

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one names the scheme of a 401; a session has none and would turn it into a 403.
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["medapp.http.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "medapp.http.paging.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "medapp.http.problem.exception_handler",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "medapp",
    "DESCRIPTION": "Patients, studies, suggestions, decisions, jobs and batch runs.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "medapp.http.schema.describe_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
# The accent of static/css/tokens.css in the steps that the panel's theme wants.
TEAL = {
    "50": "#f0f9f8",
    "100": "#dcefed",
    "200": "#b9e0dc",
    "300": "#86c9c4",
    "400": "#46aaa5",
    "500": "#1c8a86",
    "600": "#0a6b69",
    "700": "#0a5957",
    "800": "#0c4746",
    "900": "#0d3b3a",
    "950": "#052221",
}
UNFOLD = {
    "SITE_TITLE": "medapp",
    "SITE_HEADER": _("medapp administration"),
    "SITE_ICON": lambda request: static("favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}
    ],
    "COLORS": {"primary": TEAL},
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
}

# logs: ids and counts, never names, notes or prompts
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "medapp.logs.Formatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("MEDAPP_LOG_LEVEL", "WARNING")},
    # It quotes the receiver's exception in its line; whoever sends robustly logs the type by himself.
    "loggers": {"django.dispatch": {"level": "CRITICAL"}},
}

IS_TESTING = "pytest" in sys.modules

if IS_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("MEDAPP_DEBUG must be off in production.")
if IS_PRODUCTION and laptop.is_open_broker(BROKER_URL):
    raise ImproperlyConfigured("BROKER_URL must name a broker with a password (or TLS) in production.")
