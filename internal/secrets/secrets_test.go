package secrets_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/secrets"
	"antwon.dj/backend/internal/secrets/fakeaws"
)

// names are the names of all secrets, each of which contains marker.
var names = secrets.Names{
	Spotify: "spotify_client", Database: "antwon-rds-credentials", Backend: "antwon-backend",
	OIDC: "cognito_client_credentials",
}

const marker = "hushhush"

const (
	refresh        = 5 * time.Minute
	attemptTimeout = 5 * time.Second
	timeout        = 2 * time.Minute
)

var options = secrets.Options{Names: names, Refresh: refresh, AttemptTimeout: attemptTimeout, Timeout: timeout}

// inFakeTime runs a test with an AWS without a network in a synctest bubble.
func inFakeTime(t *testing.T, test func(t *testing.T, aws *fakeaws.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		aws := fakeaws.New(t)
		prepare(t, aws)
		test(t, aws)
	})
}

// prepare sets the environment for AWS and stores all secrets.
func prepare(t *testing.T, aws *fakeaws.Server) {
	t.Helper()
	for _, entry := range aws.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
	aws.Put(names.Spotify, `{"client_id": "app", "client_secret": "app-hushhush"}`)
	aws.Put(names.Database, databaseSecret("hushhush"))
	aws.Put(names.Backend, `{"session_secret": "session-hushhush", "encryption_key": "key-hushhush",
		"session_secrets_old": ["old1-hushhush", "old2-hushhush"]}`)
	aws.Put(names.OIDC, `{"client_id": "pool", "client_secret": "pool-hushhush"}`)
}

func databaseSecret(password string) string {
	return fmt.Sprintf(`{"engine": "mysql", "username": "antwon", "password": %q, "host": "db.example.org", "port": 3307,
		"dbname": "party", "dbInstanceIdentifier": "x"}`, password)
}

func open(t *testing.T, aws *fakeaws.Server, o secrets.Options) *secrets.Source {
	t.Helper()
	source, err := secrets.OpenOver(t.Context(), o, aws)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestSecretsBecomeVariables(t *testing.T) {
	aws := fakeaws.Start(t) // over a real connection
	prepare(t, aws)
	source, err := secrets.OpenAWS(t.Context(), secrets.Options{Names: names})
	if err != nil {
		t.Fatal(err)
	}
	const database = "mysql://antwon:hushhush@db.example.org:3307/party"
	values := source.Values()
	for name, want := range map[string]secrets.Value{
		"SPOTIFY_CLIENT_ID":     {Text: "app", Secret: names.Spotify},
		"SPOTIFY_CLIENT_SECRET": {Text: "app-hushhush", Secret: names.Spotify},
		"DATABASE_URL":          {Text: database, Secret: names.Database},
		"SESSION_SECRET":        {Text: "session-hushhush", Secret: names.Backend},
		"SESSION_SECRETS_OLD":   {Text: "old1-hushhush,old2-hushhush", Secret: names.Backend},
		"ENCRYPTION_KEY":        {Text: "key-hushhush", Secret: names.Backend},
		"OIDC_CLIENT_ID":        {Text: "pool", Secret: names.OIDC},
		"OIDC_CLIENT_SECRET":    {Text: "pool-hushhush", Secret: names.OIDC},
	} {
		if values[name] != want {
			t.Errorf("%s is %q from %s, want %q from %s", name, values[name].Text, values[name].Secret, want.Text, want.Secret)
		}
		delete(values, name)
	}
	if len(values) > 0 {
		t.Errorf("there are other values: %v", values)
	}
}

func TestSecretsWithoutANameAreNotRead(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		o := options
		o.Names = secrets.Names{Spotify: names.Spotify}
		if values := open(t, aws, o).Values(); len(values) != 2 {
			t.Errorf("got %v, want two values", values)
		}
		if backend, spotify := aws.RequestCount(names.Backend), aws.RequestCount(names.Spotify); backend > 0 || spotify != 1 {
			t.Errorf("%d requests for the backend's secret, %d for Spotify's, want 0 and 1", backend, spotify)
		}
	})
}

func TestTemporaryFaultsAreRetried(t *testing.T) {
	for _, fault := range []string{"ThrottlingException", "500", fakeaws.Hang} {
		t.Run(fault, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
				aws.Fail(names.Spotify, fault, fault)
				open(t, aws, options)
				if n := aws.RequestCount(names.Spotify); n != 3 {
					t.Errorf("%d requests, want 3", n)
				}
			})
		})
	}
}

func TestErrorsNameTheSecretAndShowNothingOfIt(t *testing.T) {
	always := func(fault string) []string { return slices.Repeat([]string{fault}, 10) }
	for name, test := range map[string]struct {
		faults    []string
		put       string
		want      string
		requests  int
		permanent bool
	}{
		"missing": {
			faults: []string{"ResourceNotFoundException"}, want: "there is no such secret in eu-central-1", requests: 1,
			permanent: true,
		},
		"forbidden": {
			faults: []string{"AccessDeniedException"}, requests: 1, permanent: true,
			want: "AWS returned AccessDeniedException for Secrets Manager's GetSecretValue: the role needs",
		},
		"an unknown key": {
			faults: []string{"UnrecognizedClientException"}, want: "AWS_ACCESS_KEY_ID", requests: 1, permanent: true,
		},
		"throttled": {faults: always("ThrottlingException"), want: "AWS returned ThrottlingException", requests: 5},
		"broken":    {faults: always("500"), want: "AWS returned InternalServiceError", requests: 5},
		"hanging":   {faults: always(fakeaws.Hang), want: "exceeded", requests: 5},
		"garbled":   {faults: []string{marker}, want: "the response of AWS cannot be decoded", requests: 1},
		"not JSON":  {put: marker, want: "want JSON such as", requests: 1, permanent: true},
		"an array":  {put: `["hushhush"]`, want: "want JSON such as", requests: 1, permanent: true},
		"a number": {
			put: `{"client_id": "hushhush", "client_secret": 4711}`, want: "want JSON such as", requests: 1, permanent: true,
		},
		"no id": {put: `{"id": "hushhush"}`, want: "want JSON such as", requests: 1, permanent: true},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
				aws.Fail(names.Spotify, test.faults...)
				if test.put != "" {
					aws.Put(names.Spotify, test.put)
				}
				_, err := secrets.OpenOver(t.Context(), options, aws)
				wantSafeError(t, err, test.want)
				if failed, ok := errors.AsType[*secrets.Error](err); !ok || failed.IsPermanent != test.permanent {
					t.Errorf("got %#v, want permanent: %v", failed, test.permanent)
				}
				if n := aws.RequestCount(names.Spotify); n != test.requests {
					t.Errorf("%d requests, want %d", n, test.requests)
				}
			})
		})
	}
}

// wantSafeError fails unless the error names Spotify's secret, contains a text, and shows nothing secret.
func wantSafeError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatal("there is no error")
	}
	shows := func(text string) bool { return strings.Contains(err.Error(), text) }
	if !shows("the secret "+names.Spotify+": ") || !shows(want) {
		t.Errorf("the error is %q, want the name of the secret and %q", err, want)
	}
	for _, hidden := range []string{marker, "4711", "faketoken", "fakefakefake"} {
		if shows(hidden) {
			t.Errorf("the error shows %s: %v", hidden, err)
		}
	}
}

func TestErrorReportsAllMistakesTogether(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		aws.PutBinary(names.Backend, []byte(marker))
		aws.Put(names.Database, `{"engine": "postgres", "username": "u", "password": "hushhush", "host": "h"}`)
		aws.Fail(names.OIDC, "ResourceNotFoundException")
		_, err := secrets.OpenOver(t.Context(), options, aws)
		for _, want := range []string{
			"antwon-backend: it is binary", "antwon-rds-credentials: its engine is neither",
			"cognito_client_credentials: there is no such",
		} {
			if !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("the error is %v, want %q in it", err, want)
			}
		}
	})
}

func TestOpenReturnsAfterItsTimeout(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		aws.Fail(names.Backend, fakeaws.Hang)
		o := options
		o.AttemptTimeout = time.Hour
		begin := time.Now()
		_, err := secrets.OpenOver(t.Context(), o, aws)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), names.Backend) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != timeout {
			t.Errorf("it took %v, want %v", took, timeout)
		}
	})
}

func TestOpenFailsWithoutARegion(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		t.Setenv("AWS_REGION", "")
		_, err := secrets.OpenOver(t.Context(), options, aws)
		if err == nil || !strings.Contains(err.Error(), "AWS_REGION") || aws.RequestCount(names.Spotify) > 0 {
			t.Errorf("got %v after %d requests", err, aws.RequestCount(names.Spotify))
		}
	})
}

// noSuchRegion is a network in which AWS has no host for the region.
type noSuchRegion struct{}

func (noSuchRegion) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}
}

func TestOpenNamesARegionThatAWSDoesNotHave(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		t.Setenv("AWS_REGION", "eu-nowhere-1")
		t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "")
		_, err := secrets.OpenOver(t.Context(), options, noSuchRegion{})
		const want = "there is no host secretsmanager.eu-nowhere-1.amazonaws.com: check AWS_REGION, which is eu-nowhere-1"
		wantSafeError(t, err, want)
		if failed, ok := errors.AsType[*secrets.Error](err); !ok || !failed.IsPermanent {
			t.Errorf("got %#v, want an error that stays", err)
		}
	})
}

func TestPasswordMayContainAnyCharacter(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		const password = `p@ss:w/rd?#%&=+ "\ü`
		aws.Put(names.Database, databaseSecret(password))
		u, err := url.Parse(open(t, aws, options).Values()["DATABASE_URL"].Text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := u.User.Password(); got != password || u.Host != "db.example.org:3307" || u.Path != "/party" {
			t.Errorf("got %s", u)
		}
	})
}
