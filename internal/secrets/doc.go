// Package secrets reads what only the server may know from AWS Secrets Manager: when it starts, and then every few minutes.
//
// A secret that has changed takes effect in one of two ways. Who connects to the database is asked for by each new
// connection (Source.DatabaseURL), so that a rotated password needs no more. Everything else ends Watch with a *ChangedError:
// the server stops as it does when it is told to, and whoever looks after it starts it anew. What has changed and could not
// be used for a start is not taken over, so a mistake in a secret does not stop a running party.
//
// No error and no log line of this package shows what is in a secret, or what AWS says beyond the code of its error: an
// answer to a wrong signature repeats the request, and with it the session's token.
package secrets
