#!/usr/bin/env bash
# pin-images.sh CRANE FILE…: adds a digest to the name of every image in the files: the one to which its tag leads now. A tag
# can be moved to another image, and a digest cannot.
set -euo pipefail
crane=$1
shift
images=$(sed -nE 's/^(FROM|# syntax=|[[:space:]]+image:)[[:space:]]*([^[:space:]@]+:[^[:space:]@]+).*/\2/p' "$@" | sort -u)
for image in $images; do
	digest=$("$crane" digest "$image")
	sed -i.bak -E "s#(^|[[:space:]=])$image(@sha256:[0-9a-f]+)?([[:space:]]|\$)#\\1$image@$digest\\3#" "$@"
	echo "$image@$digest"
done
for file in "$@"; do rm -f "$file.bak"; done
