package server

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"antwon.dj/backend/internal/party"
)

var outcomePage = template.Must(template.New("outcome").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>antwon.dj</title>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</html>
`))

// outcome is the result of a browser's visit to another site, such as the identity provider, after which it comes back.
type outcome struct {
	name     string // of the query's parameter for the page to return to
	done     string // the parameter's value after success; after a failure it is "failed"
	good     string // if there is no page to return to: the title of the page that is shown after success
	bad      string // and the title after a failure
	returnTo string // empty: there is no page to return to
	err      error
}

// answer sends the browser back to the page it came from. Without such a page it shows the outcome.
func (o outcome) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address contains a code
	if o.returnTo != "" {
		http.Redirect(w, r, o.address(), http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := struct{ Title, Text string }{o.good, "You can close this page."}
	if o.err != nil {
		page.Title, page.Text = o.bad, sentence(o.err)
		w.WriteHeader(statusOf(o.err))
	}
	_ = outcomePage.Execute(w, page) // fails only if the browser has gone
}

// address returns the address of the page to return to, with the outcome in its query.
func (o outcome) address() string {
	u, err := url.Parse(o.returnTo)
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Set(o.name, o.done)
	if o.err != nil {
		query.Set(o.name, "failed")
		query.Set(o.name+"_error", sentence(o.err))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func statusOf(err error) int {
	switch party.CodeOf(err) {
	case party.Internal:
		return http.StatusInternalServerError
	case party.UpstreamUnavailable:
		return http.StatusServiceUnavailable
	case party.RateLimited:
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}

// sentence returns the message about a failure for the user, or "" if there was none.
func sentence(err error) string {
	if known, ok := errors.AsType[*party.Error](err); ok && known.Code != party.Internal {
		return known.Message
	}
	if err != nil {
		return "Something went wrong on our side. Please try again."
	}
	return ""
}
