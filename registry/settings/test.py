"""Settings of the test suite: the embedded ones with quick password hashing."""

from registry.settings.embedded import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = True
# Static files are looked up when they are asked for, not listed anew by every test's client.
WHITENOISE_AUTOREFRESH = True
