#!/bin/sh
# Before it is removed, which rpm calls 0; not before an update.
set -e
case "$1" in
remove | 0) if test -d /run/systemd/system; then systemctl disable --now antwon.service; fi ;;
esac
