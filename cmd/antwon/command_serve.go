package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"
)

// serve runs a server for real use: hosts sign in with an identity provider, and connect their own Spotify accounts.
func serve(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) error {
	listener, err := listen(ctx, cfg)
	if err != nil {
		return err
	}
	defer listener.Close() // serving closes it, too
	return serveWithSpotify(ctx, cfg, listener, welcomeToServer(cfg), stdout, log)
}

// listen opens the address of the server. An error says what to change.
func listen(ctx context.Context, cfg config) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf(
			"%s is in use: stop the other program, or set %sADDR to another address, such as 127.0.0.1:9000", cfg.addr, prefix)
	}
	if err != nil {
		return nil, fmt.Errorf("listen at %sADDR: %w", prefix, err)
	}
	return listener, nil
}

// serveWithSpotify runs a server whose hosts connect their own Spotify accounts. It first prints the greeting to
// stdout.
func serveWithSpotify(
	ctx context.Context, cfg config, listener net.Listener, greeting string, stdout io.Writer, log *slog.Logger,
) (err error) {
	p, err := openProgram(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	p.assemble(nil)
	if _, err := io.WriteString(stdout, greeting+invitation(stdout, cfg, cfg.publicURL)); err != nil {
		return err
	}
	return p.run(ctx, listener, stdout)
}

// lacks returns a fault for each setting that is missing or wrong for real use.
func (c config) lacks() (faults []string) {
	for _, needed := range []struct {
		name  string
		there bool
		why   string
	}{
		{"PUBLIC_URL", c.given["PUBLIC_URL"], "where guests reach the server, such as https://party.example.org"},
		{"DATABASE_URL", c.given["DATABASE_URL"], "where parties are stored, such as mysql://user:password@host:3306/name"},
		{"SESSION_SECRET", c.sessionSecrets != nil, "signs access tokens; openssl rand -hex 32 makes one"},
		{"ENCRYPTION_KEY", c.encryptionKeys != nil, "encrypts hosts' Spotify tokens; openssl rand -hex 32 makes one"},
		{"OIDC_ISSUER", c.oidc.Issuer != "", "the identity provider with which hosts sign in"},
		{"OIDC_CLIENT_ID", c.oidc.ClientID != "", "of your app at the identity provider"},
		{"OIDC_CLIENT_SECRET", c.oidc.ClientSecret != "", "of your app at the identity provider"},
		{"SPOTIFY_CLIENT_ID", c.spotify.clientID != "", "of your app at Spotify"},
	} {
		if !needed.there {
			faults = append(faults, prefix+needed.name+": is missing: "+needed.why)
		}
	}
	if c.given["PUBLIC_URL"] && !isSafe(c.publicURL) {
		faults = append(faults, prefix+"PUBLIC_URL: must begin with https://, except on this machine itself: "+
			"otherwise cookies and tokens could be read on the way")
	}
	return faults
}

func welcomeToServer(cfg config) string {
	return fmt.Sprintf(`
  antwon.dj serves %[1]s

  Hosts sign in at %[1]s/auth/login. The identity provider has to know %[1]s/auth/callback to return to, and
  %[1]s/ after signing out; Spotify has to know %[1]s/spotify/callback.

`, cfg.publicURL)
}
