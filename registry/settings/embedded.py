"""One machine: SQLite, a directory of objects, Valkey beside it, keys in files. The default of manage.py.

`make run` creates what is missing under KICC_VAR; see scripts/serve.py.
"""

from pathlib import Path

from registry.settings.base import *  # noqa: F403
from registry.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS, ROOT, env
from registry.settings.databases import database
from registry.settings.secrets import key_file

VAR = Path(env("KICC_VAR", default=str(ROOT / "var")))
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = False
DEMO = True
SECRET_KEY = key_file(env("KICC_SECRET_KEY_FILE", default=str(VAR / "keys" / "secret"))).hex()
MASTER_KEY_FILE = env("KICC_MASTER_KEY_FILE", default=str(VAR / "keys" / "master"))
key_file(MASTER_KEY_FILE)
UID_KEY = key_file(env("KICC_UID_KEY_FILE", default=str(VAR / "keys" / "uid")))
RECEIPT_KEY = key_file(env("KICC_RECEIPT_KEY_FILE", default=str(VAR / "keys" / "receipt")))
RECEIPT_RETIRED_KEYS_FILE = env(
    "KICC_RECEIPT_RETIRED_KEYS_FILE", default=str(VAR / "keys" / "receipt-retired.pem")
)
DEMO_PASSWORD_FILE = VAR / "demo-password"

ALLOWED_HOSTS = env.list("KICC_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
DATABASES = {"default": database(env("KICC_DATABASE_URL", default=f"sqlite:///{VAR / 'registry.sqlite3'}"))}
CELERY_BROKER_URL = env("KICC_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    k: v for k, v in CELERY_BROKER_TRANSPORT_OPTIONS.items() if k != "socket_keepalive"
}

STORE = env("KICC_STORE", default="directory")
STORE_DIR = env("KICC_STORE_DIR", default=str(VAR / "objects"))
S3 = {
    "bucket": env("KICC_S3_BUCKET", default=""),
    "endpoint": env("KICC_S3_ENDPOINT", default=""),
    "access_key": env("KICC_S3_ACCESS_KEY", default=""),
    "secret_key": env("KICC_S3_SECRET_KEY", default=""),
    "region": env("KICC_S3_REGION", default="us-east-1"),
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
