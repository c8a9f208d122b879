package secrets_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/secrets"
	"antwon.dj/backend/internal/secrets/fakeaws"
)

// names are all secrets, and marker is in each of them.
var names = secrets.Names{Spotify: "spotify_client", Database: "antwon-rds-credentials", Backend: "antwon-backend", OIDC: "cognito_client_credentials"}

const marker = "hushhush"

// quick is how tests read: AWS is on this machine.
var quick = secrets.Options{Names: names, Refresh: 20 * time.Millisecond, AttemptTimeout: 500 * time.Millisecond, Timeout: 20 * time.Second}

func startAWS(t *testing.T) *fakeaws.Server {
	t.Helper()
	aws := fakeaws.Start(t)
	for _, entry := range aws.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
	aws.Put(names.Spotify, `{"client_id": "app", "client_secret": "app-hushhush"}`)
	aws.Put(names.Database, databaseSecret("hushhush"))
	aws.Put(names.Backend, `{"session_secret": "session-hushhush", "session_secrets_old": ["old1-hushhush", "old2-hushhush"], "encryption_key": "key-hushhush"}`)
	aws.Put(names.OIDC, `{"client_id": "pool", "client_secret": "pool-hushhush"}`)
	return aws
}

func databaseSecret(password string) string {
	return fmt.Sprintf(`{"engine": "mysql", "username": "antwon", "password": %q, "host": "db.example.org", "port": 3307, "dbname": "party", "dbInstanceIdentifier": "x"}`, password)
}

func open(t *testing.T, o secrets.Options) *secrets.Source {
	t.Helper()
	source, err := secrets.OpenAWS(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestSecretsBecomeVariables(t *testing.T) {
	startAWS(t)
	values := open(t, quick).Values()
	for name, want := range map[string]secrets.Value{
		"SPOTIFY_CLIENT_ID":     {Text: "app", Secret: names.Spotify},
		"SPOTIFY_CLIENT_SECRET": {Text: "app-hushhush", Secret: names.Spotify},
		"DATABASE_URL":          {Text: "mysql://antwon:hushhush@db.example.org:3307/party?tls=preferred", Secret: names.Database},
		"SESSION_SECRET":        {Text: "session-hushhush", Secret: names.Backend},
		"SESSION_SECRETS_OLD":   {Text: "old1-hushhush,old2-hushhush", Secret: names.Backend},
		"ENCRYPTION_KEY":        {Text: "key-hushhush", Secret: names.Backend},
		"OIDC_CLIENT_ID":        {Text: "pool", Secret: names.OIDC},
		"OIDC_CLIENT_SECRET":    {Text: "pool-hushhush", Secret: names.OIDC},
	} {
		if values[name] != want {
			t.Errorf("%s is %q of %s, want %q of %s", name, values[name].Text, values[name].Secret, want.Text, want.Secret)
		}
		delete(values, name)
	}
	if len(values) > 0 {
		t.Errorf("more than there is: %v", values)
	}
}

func TestSecretsWithoutANameAreNotRead(t *testing.T) {
	aws := startAWS(t)
	o := quick
	o.Names = secrets.Names{Spotify: names.Spotify}
	if values := open(t, o).Values(); len(values) != 2 {
		t.Errorf("got %v", values)
	}
	if aws.RequestCount(names.Backend) > 0 || aws.RequestCount(names.Spotify) != 1 {
		t.Errorf("asked %d times for the backend's, %d for Spotify's", aws.RequestCount(names.Backend), aws.RequestCount(names.Spotify))
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for _, fault := range []string{"ThrottlingException", "500", fakeaws.Hang} {
		t.Run(fault, func(t *testing.T) {
			aws := startAWS(t)
			aws.Fail(names.Spotify, fault, fault)
			open(t, quick)
			if asked := aws.RequestCount(names.Spotify); asked != 3 {
				t.Errorf("asked %d times, want 3", asked)
			}
		})
	}
}

func TestErrorsNameTheSecretAndShowNothingOfIt(t *testing.T) {
	always := func(fault string) []string { return []string{fault, fault, fault, fault, fault, fault, fault} }
	tests := []struct {
		name   string
		faults []string
		put    string
		want   string
		asked  int
	}{
		{"missing", []string{"ResourceNotFoundException"}, "", "there is no such secret in eu-central-1", 1},
		{"forbidden", []string{"AccessDeniedException"}, "", "AWS answers AccessDeniedException to Secrets Manager's GetSecretValue", 1},
		{"throttled", always("ThrottlingException"), "", "AWS answers ThrottlingException", 5},
		{"broken", always("500"), "", "AWS answers InternalServiceError", 5},
		{"hanging", always(fakeaws.Hang), "", "exceeded", 5},
		{"garbled", []string{"hushhush"}, "", "AWS's answer cannot be read", 1},
		{"no JSON", nil, "hushhush", "want JSON such as", 1},
		{"another shape", nil, `["hushhush"]`, "want JSON such as", 1},
		{"a number", nil, `{"client_id": "hushhush", "client_secret": 4711}`, "want JSON such as", 1},
		{"nothing in it", nil, `{"id": "hushhush"}`, "want JSON such as", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			aws := startAWS(t)
			aws.Fail(names.Spotify, test.faults...)
			if test.put != "" {
				aws.Put(names.Spotify, test.put)
			}
			_, err := secrets.OpenAWS(t.Context(), quick)
			if err == nil {
				t.Fatal("no error")
			}
			shows := func(text string) bool { return strings.Contains(err.Error(), text) }
			if !shows("the secret "+names.Spotify+": ") || !shows(test.want) {
				t.Errorf("%v; want it to name the secret and to say: %s", err, test.want)
			}
			for _, hidden := range []string{marker, "4711", "faketoken", "fakefakefake"} {
				if shows(hidden) {
					t.Errorf("the error shows %s: %v", hidden, err)
				}
			}
			if asked := aws.RequestCount(names.Spotify); asked != test.asked {
				t.Errorf("asked %d times, want %d", asked, test.asked)
			}
		})
	}
}

func TestEverythingThatIsWrongIsSaid(t *testing.T) {
	aws := startAWS(t)
	aws.PutBinary(names.Backend, []byte(marker))
	aws.Put(names.Database, `{"engine": "postgres", "username": "u", "password": "hushhush", "host": "h"}`)
	aws.Fail(names.OIDC, "ResourceNotFoundException")
	_, err := secrets.OpenAWS(t.Context(), quick)
	for _, want := range []string{"antwon-backend: is binary", "antwon-rds-credentials: is for another engine", "cognito_client_credentials: there is no such"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func TestStartingWaitsNoLongerThanItsTimeout(t *testing.T) {
	aws := startAWS(t)
	aws.Fail(names.Backend, fakeaws.Hang)
	o := quick
	o.AttemptTimeout, o.Timeout = time.Hour, 100*time.Millisecond
	if _, err := secrets.OpenAWS(t.Context(), o); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), names.Backend) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutARegionNothingIsAsked(t *testing.T) {
	startAWS(t)
	t.Setenv("AWS_REGION", "")
	if _, err := secrets.OpenAWS(t.Context(), quick); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("got %v", err)
	}
}

// watch runs Watch until the test ends; changed gets what it returns.
func watch(t *testing.T, source *secrets.Source, log *slog.Logger, usable func(secrets.Values) error) (changed chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	changed, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		changed <- source.Watch(ctx, log, usable)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return changed
}

func anything(secrets.Values) error { return nil }

func TestARotatedPasswordIsTakenOver(t *testing.T) {
	aws := startAWS(t)
	source := open(t, quick)
	changed := watch(t, source, slog.New(slog.DiscardHandler), anything)
	aws.Put(names.Database, databaseSecret("rotated"))
	for {
		u, err := source.DatabaseURL(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(u, ":rotated@") {
			break
		}
		select {
		case err := <-changed:
			t.Fatalf("Watch ended: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestARefusedPasswordIsAskedForAtOnceAndNotTooOften(t *testing.T) {
	aws := startAWS(t)
	source := open(t, quick)
	aws.Put(names.Database, databaseSecret("rotated"))
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			if u, err := source.DatabaseURL(t.Context(), true); err != nil || !strings.Contains(u, ":rotated@") {
				t.Errorf("got %s, %v", u, err)
			}
		})
	}
	asking.Wait()
	if asked := aws.RequestCount(names.Database); asked != 2 {
		t.Errorf("asked %d times, want once at the start and once more", asked)
	}
}

func TestWhatAServerCannotFollowEndsWatch(t *testing.T) {
	for name, content := range map[string]string{
		names.Spotify:  `{"client_id": "other", "client_secret": "app-hushhush"}`,
		names.Backend:  `{"session_secret": "new-hushhush"}`,
		names.Database: strings.Replace(databaseSecret("hushhush"), "db.example.org", "db2.example.org", 1),
	} {
		t.Run(name, func(t *testing.T) {
			aws := startAWS(t)
			changed := watch(t, open(t, quick), slog.New(slog.DiscardHandler), anything)
			aws.Put(name, content)
			var change *secrets.ChangedError
			if err := <-changed; !errors.As(err, &change) || len(change.Secrets) != 1 || change.Secrets[0] != name {
				t.Errorf("got %v", err)
			}
			if strings.Contains(change.Error(), marker) {
				t.Errorf("it shows what is in the secret: %v", change)
			}
		})
	}
}

// What is not usable, not readable, or only written differently ends nothing; the log says what has to be mended.
func TestAMistakeInASecretStopsNoParty(t *testing.T) {
	aws := startAWS(t)
	log := &logged{}
	tried := make(chan secrets.Values, 1000)
	changed := watch(t, open(t, quick), slog.New(slog.NewTextHandler(log, nil)), func(v secrets.Values) error {
		tried <- v
		if v["SESSION_SECRET"].Text != "good" {
			return errors.New("too short")
		}
		return nil
	})
	aws.Put(names.OIDC, `{"client_secret": "pool-hushhush", "note": 1, "client_id": "pool"}`)
	aws.Put(names.Spotify, `hushhush`)
	aws.Put(names.Backend, `{"session_secret": "bad-hushhush"}`)
	v := <-tried
	if v["SESSION_SECRET"].Text != "bad-hushhush" || v["SPOTIFY_CLIENT_SECRET"].Text != "app-hushhush" {
		t.Errorf("tried %v", v)
	}
	<-tried // it was logged, and Watch went on
	aws.Put(names.Backend, `{"session_secret": "good"}`)
	if err := <-changed; err == nil {
		t.Error("Watch did not end when the mistake was mended")
	}
	for _, want := range []string{"could not read secrets again", "the secret spotify_client: want JSON", "cannot be used", "too short"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
	if strings.Contains(log.String(), marker) {
		t.Errorf("the log shows a secret:\n%s", log)
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	startAWS(t)
	source := open(t, quick)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := source.Watch(ctx, slog.New(slog.DiscardHandler), anything); err != nil {
		t.Error(err)
	}
}

type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// A password may have every character there is.
func TestPasswordsAreEscaped(t *testing.T) {
	aws := startAWS(t)
	const password = `p@ss:w/rd?#%&=+ "\ü`
	aws.Put(names.Database, databaseSecret(password))
	u, err := url.Parse(open(t, quick).Values()["DATABASE_URL"].Text)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := u.User.Password(); got != password || u.Host != "db.example.org:3307" || u.Path != "/party" {
		t.Errorf("got %s", u)
	}
}
