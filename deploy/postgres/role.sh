#!/bin/sh
# Run once by the image of PostgreSQL, in an empty data folder: the role and the database of the application.
# The role owns the database and is no superuser: whoever got hold of a worker could otherwise read files of the server.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set password="$(cat "$MGE_ROLE_PASSWORD_FILE")" <<'SQL'
CREATE ROLE mge LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE mge OWNER mge;
SQL
