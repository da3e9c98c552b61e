# One image for web, workers and beat. Everything is built here; nothing is downloaded at run time.
FROM node:20.19.0-bookworm-slim AS console
WORKDIR /app
COPY frontend/package.json frontend/package-lock.json frontend/
RUN cd frontend && npm ci --no-audit --no-fund --loglevel=error
COPY validation/toolchain/package.json validation/toolchain/package-lock.json validation/toolchain/
RUN cd validation/toolchain && npm ci --no-audit --no-fund --loglevel=error
COPY frontend frontend
RUN cd frontend && node_modules/.bin/vite build --logLevel error

FROM python:3.11.9-slim-bookworm
# bubblewrap: the sandbox. Node: it runs the JavaScript and TypeScript under test.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends bubblewrap \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home mge
COPY --from=console /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check -qq -r requirements.txt
COPY . .
COPY --from=console /app/frontend/dist frontend/dist
COPY --from=console /app/validation/toolchain/node_modules validation/toolchain/node_modules
# The core of the atomizer, compiled; without it Python does the same, more slowly.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends gcc libc6-dev \
 && python -m atoms.compiling \
 && apt-get purge -y -qq --auto-remove gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
RUN install -d -o mge -g mge /data
ENV MGE_DATA_DIR=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER mge
VOLUME /data
EXPOSE 8000
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "mge_project.asgi:application"]
