package secrets_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/secrets"
	"antwon.dj/backend/internal/secrets/fakeaws"
)

// watch runs Watch until the test ends, and returns a channel that gets its result.
func watch(
	t *testing.T, source *secrets.Source, log *slog.Logger, usable func(secrets.Values) error,
) (result chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	result, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		result <- source.Watch(ctx, log, usable)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return result
}

func acceptAll(secrets.Values) error { return nil }

func TestRotatedPasswordIsAdopted(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		source := open(t, aws, options)
		result := watch(t, source, slog.New(slog.DiscardHandler), acceptAll)
		aws.Put(names.Database, databaseSecret("rotated"))
		time.Sleep(2 * refresh) // more than the longest interval
		synctest.Wait()
		if u, err := source.DatabaseURL(t.Context(), false); err != nil || !strings.Contains(u, ":rotated@") {
			t.Errorf("got %s, %v", u, err)
		}
		select {
		case err := <-result:
			t.Errorf("Watch returned %v", err)
		default:
		}
	})
}

func TestRefusedPasswordIsReadAgainAtOnceButNotTooOften(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		source := open(t, aws, options)
		askAll := func(password string, wantRequests int) {
			t.Helper()
			aws.Put(names.Database, databaseSecret(password))
			var asking sync.WaitGroup
			for range 20 {
				asking.Go(func() {
					if u, err := source.DatabaseURL(t.Context(), true); err != nil || !strings.Contains(u, ":"+password+"@") {
						t.Errorf("got %s, %v", u, err)
					}
				})
			}
			asking.Wait()
			if n := aws.RequestCount(names.Database); n != wantRequests {
				t.Errorf("%d requests, want %d", n, wantRequests)
			}
		}
		askAll("rotated", 2) // one of them at the start
		time.Sleep(5*time.Second - time.Nanosecond)
		askAll("rotated", 2)
		time.Sleep(time.Nanosecond)
		askAll("again", 3)
	})
}

func TestChangeThatAServerCannotAdoptEndsWatch(t *testing.T) {
	for name, content := range map[string]string{
		names.Spotify:  `{"client_id": "other", "client_secret": "app-hushhush"}`,
		names.Backend:  `{"session_secret": "new-hushhush"}`,
		names.Database: strings.Replace(databaseSecret("hushhush"), "db.example.org", "db2.example.org", 1),
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
				result := watch(t, open(t, aws, options), slog.New(slog.DiscardHandler), acceptAll)
				aws.Put(name, content)
				err := <-result
				change, ok := errors.AsType[*secrets.ChangedError](err)
				if !ok || !slices.Equal(change.Secrets, []string{name}) || strings.Contains(err.Error(), marker) {
					t.Errorf("got %v, want an error that names %s and does not show the secret", err, name)
				}
			})
		})
	}
}

// Values that are unusable, cannot be decoded or are only written differently do not end Watch.
func TestMistakeInASecretIsLoggedAndDoesNotEndWatch(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		log := &bytes.Buffer{}
		var tried []secrets.Values
		result := watch(t, open(t, aws, options), slog.New(slog.NewTextHandler(log, nil)), func(v secrets.Values) error {
			tried = append(tried, v)
			if v["SESSION_SECRET"].Text != "good" {
				return errors.New("too short")
			}
			return nil
		})
		aws.Put(names.OIDC, `{"client_secret": "pool-hushhush", "note": 1, "client_id": "pool"}`)
		aws.Put(names.Spotify, marker)
		aws.Put(names.Backend, `{"session_secret": "bad-hushhush"}`)
		time.Sleep(3 * refresh) // at least two intervals
		synctest.Wait()
		if len(tried) < 2 {
			t.Fatalf("the values were tried %d times, want at least twice", len(tried))
		}
		v := tried[0]
		if v["SESSION_SECRET"].Text != "bad-hushhush" || v["SPOTIFY_CLIENT_SECRET"].Text != "app-hushhush" {
			t.Errorf("the values that were tried are %v", v)
		}
		aws.Put(names.Backend, `{"session_secret": "good"}`)
		if err := <-result; err == nil {
			t.Error("Watch did not return an error when the mistake was corrected")
		}
		for _, want := range []string{
			"secrets could not be read", "the secret spotify_client: want JSON", "cannot be used", "too short",
		} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not contain %q:\n%s", want, log)
			}
		}
		if strings.Contains(log.String(), marker) {
			t.Errorf("the log shows a secret:\n%s", log)
		}
	})
}

func TestWatchReturnsNilWhenItsContextEnds(t *testing.T) {
	inFakeTime(t, func(t *testing.T, aws *fakeaws.Server) {
		source := open(t, aws, options)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := source.Watch(ctx, slog.New(slog.DiscardHandler), acceptAll); err != nil {
			t.Error(err)
		}
	})
}
