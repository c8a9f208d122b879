package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/secrets"
)

// noSecret in place of a secret's name means that no secret is read.
const noSecret = "off"

// loadConfig reads the configuration from the environment and, if ANTWON_SECRETS is aws, from AWS Secrets Manager.
func loadConfig(ctx context.Context, command string, environ []string) (config, error) {
	p := newParser(environ, nil)
	wanted, options := p.secrets()
	if !wanted || len(p.faults) > 0 {
		return parseConfig(command, environ, nil)
	}
	source, err := secrets.OpenAWS(ctx, options)
	if err != nil {
		return config{}, explainSecrets(err, options.Names)
	}
	cfg, err := parseConfig(command, environ, source.Values())
	cfg.source = source
	if options.Names.Database != "" {
		cfg.databaseLogin = source.DatabaseURL
	}
	return cfg, err
}

// explainSecrets returns err with the names of the variables whose secrets could not be read. If one of the errors is
// permanent, it returns a *configError.
func explainSecrets(err error, names secrets.Names) error {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // not what an *Error wraps
		all = joined.Unwrap()
	}
	variables := map[string]string{
		names.Spotify: "AWS_SECRET_SPOTIFY", names.Database: "AWS_SECRET_DATABASE", names.Backend: "AWS_SECRET_BACKEND",
		names.OIDC: "AWS_SECRET_OIDC", "": "SECRETS",
	}
	var faults []string
	isPermanent := false
	for _, err := range all {
		failed, ok := errors.AsType[*secrets.Error](err)
		if !ok {
			return fmt.Errorf("read the secrets: %w", err)
		}
		isPermanent = isPermanent || failed.IsPermanent
		faults = append(faults, prefix+variables[failed.Secret]+": "+failed.Error())
	}
	if isPermanent {
		return &configError{faults}
	}
	return fmt.Errorf("read the secrets: %w", err)
}

// secrets reads the names of the secrets at AWS, and how often to read these secrets. wanted is false if no secret has
// to be read. Call it before reading any variable that such a secret may provide.
func (p *parser) secrets() (wanted bool, options secrets.Options) {
	wanted = p.oneOf("SECRETS", "env", "aws") == "aws"
	return wanted, secrets.Options{
		Refresh: p.durationIn("SECRETS_REFRESH", 5*time.Minute, time.Second, 24*time.Hour),
		Names: secrets.Names{
			Spotify:  p.secretName("AWS_SECRET_SPOTIFY", "spotify_client", "SPOTIFY_CLIENT_ID"),
			Database: p.secretName("AWS_SECRET_DATABASE", "antwon-rds-credentials", "DATABASE_URL"),
			Backend:  p.secretName("AWS_SECRET_BACKEND", "antwon-backend", ""),
			OIDC:     p.secretName("AWS_SECRET_OIDC", "cognito_client_credentials", "OIDC_CLIENT_ID"),
		},
	}
}

// secretName reads the name of a secret. It returns "" if the secret must not be read: because its name is "off", or
// because the variable that the parameter instead names is set. A client's id and its secret belong together, so both
// come from the same source. A database URL without a password does not replace the secret, which has the password.
func (p *parser) secretName(name, fallback, instead string) string {
	secret := p.text(name, fallback)
	given := strings.TrimSpace(p.unread[instead] + p.unread[instead+"_FILE"])
	if secret == noSecret || given != "" && !database.LacksPassword(given) {
		return ""
	}
	return secret
}

// readStored returns the value that a secret has for a variable, or "".
func (p *parser) readStored(name string) string {
	value := p.stored[name]
	if value.Text != "" {
		p.provenance[name] = "from the secret " + value.Secret
		p.given[name] = true
	}
	return value.Text
}

// untilSecretsChange runs a server until ctx ends, or until a secret has changed that the server reads only at its
// start. Then it returns a *secrets.ChangedError.
func untilSecretsChange(
	ctx context.Context, cfg config, environ []string, log *slog.Logger, serve func(context.Context) error,
) error {
	if cfg.source == nil {
		return serve(ctx)
	}
	ctx, stop := context.WithCancel(ctx)
	changed := make(chan error, 1)
	go func() {
		defer stop()
		changed <- cfg.source.Watch(ctx, log, func(stored secrets.Values) error {
			_, err := parseConfig(cfg.command, environ, stored)
			return err
		})
	}()
	err := serve(ctx)
	stop()
	return errors.Join(<-changed, err)
}
