#!/bin/sh
# After an installation or an update. A server that runs is restarted; a new one needs its settings first.
set -e
systemd-sysusers antwon.conf
if test -d /run/systemd/system; then
	systemctl daemon-reload
	systemctl try-restart antwon.service || true # its log says why, and the package is installed all the same
fi
