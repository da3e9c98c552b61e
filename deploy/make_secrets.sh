#!/bin/sh
# Makes the files of docker-compose.yml's secrets, each once: one that exists is left alone.
# The key of the model is yours to write: deploy/secrets/anthropic_api_key. Empty means: no model.
set -eu
cd "$(dirname "$0")/secrets"
umask 077
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # keep NAME VALUE
  if [ -e "$1" ]; then echo "kept $1"; else printf '%s' "$2" >"$1"; echo "made $1"; fi
}
keep postgres_password "$(random)"
keep postgres_admin_password "$(random)"
keep database_url "postgres://mge:$(cat postgres_password)@postgres:5432/mge"
keep secret_key "$(random)$(random)"
keep metrics_token "$(random)"
keep grafana_password "$(random)"
keep anthropic_api_key ""
# Each container mounts its files alone and reads them as a user of its own; the folder keeps everybody else out.
chmod 700 .
chmod 444 ./*
