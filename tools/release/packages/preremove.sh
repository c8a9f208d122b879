#!/bin/sh
# Runs before the package is removed or updated. Only before a removal the argument is "remove" (deb) or 0 (rpm).
set -e
case "$1" in
remove | 0) if test -d /run/systemd/system; then systemctl disable --now antwon.service; fi ;;
esac
