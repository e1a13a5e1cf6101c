"""Many machines. Nothing has a default: what is not in the environment stops the start."""

from django.core.exceptions import ImproperlyConfigured

from registry.settings.base import *  # noqa: F403
from registry.settings.base import CONTENT_SECURITY_POLICY, env
from registry.settings.databases import database
from registry.settings.proxies import networks
from registry.settings.secrets import read_key_file

DEBUG = False
DEMO = False
SECRET_KEY = read_key_file(env("KICC_SECRET_KEY_FILE")).hex()
UID_KEY = read_key_file(env("KICC_UID_KEY_FILE"))
RECEIPT_KEY = read_key_file(env("KICC_RECEIPT_KEY_FILE"))
MASTER_KEY_FILE = env("KICC_MASTER_KEY_FILE")
read_key_file(MASTER_KEY_FILE)

ALLOWED_HOSTS = env.list("KICC_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("KICC_CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = networks("KICC_TRUSTED_PROXIES", env.list("KICC_TRUSTED_PROXIES"))
DATABASES = {"default": database(env("KICC_DATABASE_URL"))}
CELERY_BROKER_URL = env("KICC_BROKER_URL")

STORE = env("KICC_STORE")
if STORE == "directory":
    STORE_DIR = env("KICC_STORE_DIR")
    S3 = {}
elif STORE == "s3":
    STORE_DIR = ""
    S3 = {
        "bucket": env("KICC_S3_BUCKET"),
        "endpoint": env("KICC_S3_ENDPOINT"),
        "access_key": env("KICC_S3_ACCESS_KEY"),
        "secret_key": env("KICC_S3_SECRET_KEY"),
        "region": env("KICC_S3_REGION"),
    }
else:
    raise ImproperlyConfigured("KICC_STORE is 'directory' or 's3'.")

EMAIL_HOST = env("KICC_EMAIL_HOST")
EMAIL_PORT = env.int("KICC_EMAIL_PORT")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("KICC_EMAIL_FROM")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other names below ours may be served without TLS: KICC_HSTS_SUBDOMAINS decides
    "security.W021",  # preload lists are hard to leave again: KICC_HSTS_PRELOAD decides
]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
