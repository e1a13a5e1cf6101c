"""The embedded settings with nothing but a view that takes a body and throws it away: see bench.empty."""

from registry.settings.embedded import *  # noqa: F403

ROOT_URLCONF = "scripts.bench.empty"
