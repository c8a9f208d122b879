package server

import (
	"net/http"
	"slices"
	"strings"
)

// allowOrigins lets pages of the listed origins use next, with cookies, and answers their browsers' preflight requests.
// Pages of other origins get no permission, so browsers do not let them read the answer.
func allowOrigins(allowed []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); origin != "" && isAllowed(allowed, origin) {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			w.Header().Set("Access-Control-Expose-Headers", requestIDHeader)
		}
		if isPreflight(r) {
			answerPreflight(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isAllowed(allowed []string, origin string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, origin) })
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

func answerPreflight(w http.ResponseWriter) {
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers",
			"Authorization, Content-Type, GraphQL-Cost, Last-Event-ID, "+pageHeader+", "+requestIDHeader)
		w.Header().Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
}
