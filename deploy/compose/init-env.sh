#!/usr/bin/env sh
# Writes .env (passwords) and deploy/compose/keys (KEK, token keys) with random values, once.
set -eu
cd "$(dirname "$0")/../.."
exec node deploy/compose/init-env.mjs
