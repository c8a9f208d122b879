#!/bin/sh
# Runs after an installation or an update. A server that runs is restarted; a new one needs its settings first.
set -e
systemd-sysusers antwon.conf
if test -d /run/systemd/system; then
	systemctl daemon-reload
	systemctl try-restart antwon.service || true # if it fails, its log says why; the package is installed all the same
fi
