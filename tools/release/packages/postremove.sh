#!/bin/sh
# Runs after the package was removed or updated. The data in /var/lib/antwon stay.
set -e
if test -d /run/systemd/system; then systemctl daemon-reload; fi
