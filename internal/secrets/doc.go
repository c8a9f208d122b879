// Package secrets reads the server's secrets from AWS Secrets Manager: at start, and then every few minutes.
//
// A secret that has changed takes effect in one of two ways. Each new connection to the database asks for the user and
// password to connect with (Source.DatabaseURL), so that a rotated password needs nothing else. Every other change ends
// Watch with a *ChangedError: the server then stops in an orderly way, and whatever supervises it starts it again. A
// change that the server could not start with is logged and otherwise ignored, so a mistake in a secret does not stop a
// running party.
//
// The errors and log lines of this package contain neither the content of a secret nor anything from AWS but the code
// of its error: the message about a wrong signature, for example, repeats the request and with it the session token.
package secrets
