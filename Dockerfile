# syntax=docker/dockerfile:1
# The image of web server, worker, beat and jobs. `python -m scripts.replay_image` runs its steps without an engine.

FROM python:3.11.14-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/registry

FROM base AS frontend
COPY requirements-node.txt package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN python -m venv .venv && python -m scripts.frontend .venv/bin/python

FROM base AS packages
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/python -m pip install --quiet --no-deps --require-hashes --only-binary=:all: -r requirements.txt

FROM packages AS build
COPY . .
COPY --from=frontend /srv/registry/static/vendor static/vendor
RUN .venv/bin/python -m scripts.engine .venv/bin/python
RUN .venv/bin/python -m scripts.messages
RUN sh scripts/collect-static
RUN .venv/bin/python -m compileall -q registry imaging uploads cohort releases deid vault

FROM base
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin registry
COPY --from=build /srv/registry /srv/registry
ENV PATH=/srv/registry/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=registry.settings.production
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --retries=3 CMD ["python", "-m", "scripts.health", "web"]
CMD ["gunicorn", "--config", "python:registry.gunicorn", "registry.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4"]
