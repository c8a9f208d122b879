package server

import "net/http"

// tlsOnly tells browsers to use nothing but https for this host and the hosts below it, for a year.
const tlsOnly = "max-age=31536000; includeSubDomains"

// deniedFeatures lists the features of browsers that no page needs. It leaves out those that pages use: screens stay
// awake, and the host's page copies its link, which browsers allow a site's own pages by default.
const deniedFeatures = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), " +
	"display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=(), " +
	"xr-spatial-tracking=()"

// secure sets headers that keep browsers from doing more with an answer than they should. Pages replace the
// Content-Security-Policy by their own. Pages of other origins can neither embed anything of this server nor keep a
// handle on its windows. The permissions that allowOrigins gives them are not affected.
func secure(tls bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin") // addresses contain rooms' codes
		header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("Permissions-Policy", deniedFeatures)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if tls {
			header.Set("Strict-Transport-Security", tlsOnly)
		}
		next.ServeHTTP(w, r)
	})
}

// forPagesElsewhere lets pages of other origins embed the answers of next, such as the covers of songs.
func forPagesElsewhere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		next.ServeHTTP(w, r)
	})
}
