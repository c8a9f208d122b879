package database_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

// authority issues certificates, and keeps them and its own in files.
type authority struct {
	t           *testing.T
	folder      string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, folder: t.TempDir()}
	a.certificate = &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = a.issue("ca", a.certificate)
	return a
}

// issue writes NAME.pem and NAME.key. The first certificate signs itself.
func (a *authority) issue(name string, certificate *x509.Certificate) *ecdsa.PrivateKey {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	certificate.SerialNumber = big.NewInt(time.Now().UnixNano())
	certificate.NotBefore, certificate.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	signer := a.key
	if signer == nil {
		signer = key
	}
	signed, err := x509.CreateCertificate(rand.Reader, certificate, a.certificate, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name+".pem", "CERTIFICATE", signed)
	a.write(name+".key", "PRIVATE KEY", private)
	return key
}

func (a *authority) write(name, kind string, content []byte) {
	a.t.Helper()
	block := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
	if err := os.WriteFile(a.file(name), block, 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a *authority) file(name string) string { return filepath.Join(a.folder, name) }

// A database with a certificate for the name localhost is reached by this name and by an address, and is trusted, or
// not, by the URL.
func TestDatabaseIsVerifiedByItsCertificate(t *testing.T) {
	ours, other := newAuthority(t, "ours"), newAuthority(t, "other")
	ours.issue("server", &x509.Certificate{DNSNames: []string{"localhost"}})
	server := testdb.Private(t, "--ssl-ca="+ours.file("ca.pem"), "--ssl-cert="+ours.file("server.pem"),
		"--ssl-key="+ours.file("server.key"), "--require-secure-transport=ON")
	plain := testdb.Private(t)
	server.Exec("CREATE DATABASE party")
	plain.Exec("CREATE DATABASE party")
	verify := "?tls=verify&ca=" + ours.file("ca.pem")
	for _, test := range []struct {
		name, host string
		port       int
		parameters string
		want       string // in the error; "": it opens
	}{
		{"the right authority", "localhost", server.Port, verify, ""},
		{"another authority", "localhost", server.Port, "?tls=verify&ca=" + other.file("ca.pem"), "unknown authority"},
		{"another name", "127.0.0.1", server.Port, verify, "127.0.0.1"},
		{"what the system trusts", "localhost", server.Port, "?tls=true", "unknown authority"},
		{"encrypted without verification", "127.0.0.1", server.Port, "?tls=skip-verify", ""},
		{"encrypted where the server can", "127.0.0.1", server.Port, "?tls=preferred", ""},
		{"no TLS where the server requires it", "127.0.0.1", server.Port, "", "Access denied"},
		{"no TLS offered", "localhost", plain.Port, verify, "does not support"},
		{"encrypted where the server cannot", "127.0.0.1", plain.Port, "?tls=preferred", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			db, err := database.Open(t.Context(),
				fmt.Sprintf("mysql://root@%s:%d/party%s", test.host, test.port, test.parameters))
			if err == nil {
				defer db.Close()
			}
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestUnusableTLSIsRefusedWithASentence(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for parameters, want := range map[string]string{
		"?tls=rds":                       "tls=rds is for hosts whose names end in .rds.amazonaws.com",
		"?tls=verify":                    "tls=verify and ca=FILE belong together",
		"?tls=true&ca=" + empty:          "tls=verify and ca=FILE belong together",
		"?tls=verify&ca=" + empty:        "has no certificate in PEM format",
		"?tls=verify&ca=/does/not/exist": "/does/not/exist",
		"?tls=yes":                       "want ?tls=rds, verify, true, skip-verify or preferred",
		"?ssl=true":                      "the parameters are ?tls=",
		"?tls=true&tls=rds":              "the parameters are ?tls=",
	} {
		_, err := database.CheckURL("mysql://u:hidden@db.example.org/d" + parameters)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: got %v, want %q", parameters, err, want)
		}
	}
	if _, err := database.CheckURL("mysql://u:p@party.abc.eu-west-1.rds.amazonaws.com/d?tls=rds"); err != nil {
		t.Error(err)
	}
}

// Amazon's certificates are renewed every few years: this test fails half a year before the first that is still in use
// has expired.
func TestCertificatesOfRDSAreValid(t *testing.T) {
	regions, soon := 0, time.Now().AddDate(0, 6, 0)
	for block, rest := pem.Decode(database.RDSRoots); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !certificate.IsCA || certificate.NotAfter.Before(soon) {
			t.Errorf("%s: is no root, or expires on %s: make rds-roots", certificate.Subject, certificate.NotAfter)
		}
		regions++
	}
	if regions < 80 {
		t.Errorf("%d certificates; there are three for each of about thirty regions", regions)
	}
}
