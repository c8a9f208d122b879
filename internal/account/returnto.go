package account

import (
	"net/url"
	"slices"
	"strings"

	"antwon.dj/backend/internal/party"
)

// maxReturnTo bounds a page to return to, in bytes.
const maxReturnTo = 1024

// parseReturnTo checks the page to which a browser returns: a path of this server, or a page of an origin that may use
// the API. Anything else would make the server an open redirect. It returns an empty page for nil.
func (a *Accounts) parseReturnTo(text *string) (string, error) {
	if text == nil {
		return "", nil
	}
	page := *text
	u, err := url.Parse(page)
	switch {
	case err != nil || page == "" || len(page) > maxReturnTo || strings.ContainsAny(page, "\\\r\n\t"):
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(page, "/") && !strings.HasPrefix(page, "//"):
		return page, nil
	case u.User == nil && a.isAllowedOrigin(u.Scheme+"://"+u.Host):
		return page, nil
	}
	return "", party.BadInput("returnTo",
		"must be a path of this server, such as /host, or a page of an origin that may use it")
}

func (a *Accounts) isAllowedOrigin(origin string) bool {
	matches := func(allowed string) bool { return strings.EqualFold(origin, allowed) }
	return matches(a.cfg.PublicURL) || slices.ContainsFunc(a.cfg.AllowedOrigins, matches)
}
