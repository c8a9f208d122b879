package server

import "net/http"

// DemoHostPage signs in the demo's own host, whose key is in the query, and leads to the host's page.
const DemoHostPage = "/auth/demo"

func serveDemoHost(cfg Config) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		session, err := cfg.DemoHost(r.Context(), r.URL.Query().Get("key"))
		logLogin(r.Context(), cfg.Log, err)
		if err == nil {
			http.SetCookie(w, cfg.cookies().session(session.Refresh))
		}
		failedLogin("/host", err).answer(w, r)
	}
}
