# syntax=docker/dockerfile:1
# One image, five roles: cairn web | socket | worker | beat | migrate (see deploy/cairn).

FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && uv venv --python /usr/local/bin/python /opt/cairn \
    && uv pip install --no-cache --compile-bytecode --python /opt/cairn/bin/python \
       --require-hashes -r requirements.lock
COPY . .
# Static files get their hashed names here. The values only satisfy the checks of production mode
# during this one command; nothing of them stays in the image.
RUN LMS_MODE=production \
    LMS_SECRET_KEY=only-while-the-image-is-being-built-and-never-later \
    LMS_PUBLIC_URL=https://build.invalid \
    DATABASE_URL=postgresql://build@build.invalid/build \
    /opt/cairn/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /opt/cairn/bin/python -m compileall -q lms accounts courses assessments analytics ai realtime interop

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 cairn \
    && useradd --uid 10001 --gid cairn --no-create-home --home-dir /nonexistent \
       --shell /usr/sbin/nologin cairn \
    && install -d -o cairn -g cairn -m 0750 /data
COPY --from=build /opt/cairn /opt/cairn
COPY --from=build /app /app
COPY --chmod=0755 deploy/cairn /usr/local/bin/cairn
ENV PATH=/opt/cairn/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LMS_MODE=production \
    LMS_DATA_DIR=/data
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Nothing writes outside /data and /tmp: run with --read-only --tmpfs /tmp and --init.
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s --retries=3 CMD ["cairn", "health"]
ENTRYPOINT ["cairn"]
CMD ["web"]
