package database

import (
	"crypto/tls"
	"crypto/x509"
	_ "embed" // Amazon's certificates
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// rdsRoots are the root certificates of Amazon RDS, those of all regions. "make rds-roots" renews them.
//
//go:embed rds.pem
var rdsRoots []byte

// rdsHosts are the endings of the host names of Amazon RDS, in China too.
var rdsHosts = []string{".rds.amazonaws.com", ".rds.amazonaws.com.cn"}

// IsRDS reports whether a host is a database of Amazon RDS, by its name.
func IsRDS(host string) bool {
	return slices.ContainsFunc(rdsHosts, func(end string) bool { return strings.HasSuffix(strings.ToLower(host), end) })
}

// The values of a URL's parameter tls.
const (
	tlsSystem     = "true"        // encrypted, and verified with the certificates that the system trusts
	tlsRDS        = "rds"         // encrypted, and verified with Amazon's certificates
	tlsVerify     = "verify"      // encrypted, and verified with the certificates of a file
	tlsSkipVerify = "skip-verify" // encrypted, not verified
	tlsPreferred  = "preferred"   // encrypted if the server offers it, not verified
)

// checkTLS returns an error unless the parameters of a database's URL are a known way to encrypt its connections.
func checkTLS(u *url.URL) error {
	query := u.Query()
	way := query.Get("tls")
	for name, values := range query {
		if name != "tls" && name != "ca" || len(values) != 1 {
			return errors.New("the parameters are ?tls=rds, verify, true, skip-verify or preferred, " +
				"and &ca=FILE after verify")
		}
	}
	switch {
	case query.Has("tls") && !slices.Contains([]string{tlsSystem, tlsRDS, tlsVerify, tlsSkipVerify, tlsPreferred}, way):
		return errors.New("want ?tls=rds, verify, true, skip-verify or preferred")
	case query.Has("ca") != (way == tlsVerify):
		return errors.New("tls=verify and ca=FILE belong together: the file has the certificates to trust")
	case way == tlsRDS && !IsRDS(u.Hostname()):
		return errors.New("tls=rds is for hosts whose names end in " + rdsHosts[0] +
			": Amazon's certificates are valid for no other name")
	}
	_, err := tlsConfig(u)
	return err
}

// tlsConfig returns how connections to the database of a URL are encrypted and verified, or nil if the driver
// understands the value of the parameter tls itself. A verified connection is to the host that the URL names, or fails.
func tlsConfig(u *url.URL) (*tls.Config, error) {
	pool := x509.NewCertPool()
	switch u.Query().Get("tls") {
	case tlsRDS:
		pool.AppendCertsFromPEM(rdsRoots)
	case tlsVerify:
		var err error
		if pool, err = readCA(u.Query().Get("ca")); err != nil {
			return nil, err
		}
	default:
		return nil, nil //nolint:nilnil // see above
	}
	return &tls.Config{RootCAs: pool, ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}, nil
}

// CheckCA returns an error unless a file has certificates with which connections can be verified.
func CheckCA(file string) error {
	_, err := readCA(file)
	return err
}

// readCA reads the certificates to trust.
func readCA(file string) (*x509.CertPool, error) {
	roots, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the certificates to trust: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(roots) {
		return nil, fmt.Errorf("%s has no certificate in PEM format", file)
	}
	return pool, nil
}

// WithCA returns a MySQL database's URL with tls=verify and the certificates of a file. ok is false if the URL already
// has certificates, asks for something stronger than tls=preferred, or is not of MySQL.
func WithCA(databaseURL, file string) (withCA string, ok bool) {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme != "mysql" {
		return databaseURL, false
	}
	query := u.Query()
	if way := query.Get("tls"); way != "" && way != tlsVerify && way != tlsPreferred || query.Has("ca") {
		return databaseURL, false
	}
	query.Set("tls", tlsVerify)
	query.Set("ca", file)
	u.RawQuery = query.Encode()
	return u.String(), true
}
