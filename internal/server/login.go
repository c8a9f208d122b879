package server

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const (
	loginPage = "/auth/login"
	// loginCallback is where the identity provider sends browsers back to. It has to be registered there.
	loginCallback = "/auth/callback"
	logoutPage    = "/auth/logout"
)

// Login signs hosts in and out with an identity provider. Its functions are those of account.Accounts and
// jukebox.Jukebox.
type Login struct {
	Begin  func(ctx context.Context, returnTo string) (*account.LoginRedirect, error)
	Finish func(context.Context, account.LoginAnswer) (returnTo string, session *account.Session, err error)
	Logout func(ctx context.Context, refresh string) (next string, err error)
}

// serve sends the browser to the provider's login page.
func (l *Login) serve(cookies cookies, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, browser := identifyCaller(cookies, w, r)
		asked, err := l.Begin(ctx, cmp.Or(r.URL.Query().Get("returnTo"), "/"))
		if err != nil {
			if party.CodeOf(err) == party.RateLimited {
				browser.KeepBrowser()
			}
			failedLogin("", err).answer(w, r)
			logLogin(r.Context(), log, err)
			return
		}
		http.SetCookie(w, cookies.login(asked.Browser))
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, asked.URL, http.StatusSeeOther)
	}
}

// serveCallback signs the browser in, and sends it back to where it came from. The page there gets its access token by
// refreshSession, so that no token is part of an address.
func (l *Login) serveCallback(cookies cookies, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		returnTo, session, err := l.Finish(r.Context(), account.LoginAnswer{
			State:   query.Get("state"),
			Browser: cookies.valueOf(r, loginCookie),
			Code:    query.Get("code"),
			Error:   query.Get("error"),
			Refresh: cookies.valueOf(r, sessionCookie),
		})
		logLogin(r.Context(), log, err)
		http.SetCookie(w, cookies.login(""))
		if err == nil {
			http.SetCookie(w, cookies.session(session.Refresh))
		}
		failedLogin(returnTo, err).answer(w, r)
	}
}

func failedLogin(returnTo string, err error) outcome {
	return outcome{
		name: "login", done: "done", good: "You are signed in", bad: "You were not signed in", returnTo: returnTo, err: err,
	}
}

// serveLogout signs the browser out here, and then at the provider, if the request shows that it comes from a page of
// this server or of an allowed origin. After other requests, such as links in messages and on pages of other sites, a
// page asks the user to confirm it. There is nothing to confirm for a browser without a session.
func (l *Login) serveLogout(cookies cookies, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		refresh := cookies.valueOf(r, sessionCookie)
		if refresh != "" && !cookies.maySignOut(r) {
			confirmLogout(w, r)
			return
		}
		next, err := l.Logout(r.Context(), refresh)
		if err != nil {
			logLogin(r.Context(), log, err)
			outcome{bad: "You were not signed out", err: err}.answer(w, r)
			return
		}
		if refresh != "" {
			http.SetCookie(w, cookies.session(""))
		}
		http.Redirect(w, r, cmp.Or(next, "/"), http.StatusSeeOther)
	}
}

const logoutQuestion = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>antwon.dj</title>
<h1>Do you want to sign out?</h1>
<form method="post" action="` + logoutPage + `"><button>Sign out</button></form>
</html>
`

// confirmLogout shows a page with a button to sign out.
func confirmLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusForbidden)
	}
	_, _ = io.WriteString(w, logoutQuestion) // fails only if the browser has gone
}

// logLogin logs failures that the operator should know about. It does not log a client's mistakes, or that it tried too
// often, because these could fill the log.
func logLogin(ctx context.Context, log *slog.Logger, err error) {
	switch code := party.CodeOf(err); {
	case err == nil:
	case code == party.Internal:
		log.ErrorContext(ctx, "signing in or out failed", "error", err)
	case code == party.UpstreamUnavailable:
		log.WarnContext(ctx, "a sign-in failed", "error", err)
	}
}
