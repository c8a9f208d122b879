package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"sync"

	"github.com/Khan/genqlient/graphql"
)

// session has the access token, and the cookie with which it gets another one. It is the graphql.Doer that sends the
// token along.
type session struct {
	http    *http.Client // has the cookies
	refresh graphql.Client
	renewed func()

	mu    sync.Mutex
	token string // guarded by mu
}

// newSession returns the session of a client that has not joined yet. It calls renewed when it has a new token.
func newSession(server string, renewed func()) (*session, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	s := &session{http: &http.Client{Jar: jar}, renewed: renewed}
	s.refresh = graphql.NewClient(server+"/graphql", refresher{s.http})
	return s, nil
}

func (s *session) use(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

func (s *session) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// renew replaces a refused token. If several requests were refused with the same token, only the first one replaces it.
func (s *session) renew(ctx context.Context, refused string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != refused {
		return nil
	}
	got, err := Refresh(ctx, s.refresh)
	if err != nil {
		return err
	}
	if got.RefreshSession == nil {
		return errors.New("no session")
	}
	s.token = got.RefreshSession.AccessToken
	s.renewed()
	return nil
}

// Do sends a request. If the server refuses the token, it sends the request again with a new one.
func (s *session) Do(r *http.Request) (*http.Response, error) {
	used := s.current()
	response, err := s.send(r, used)
	if err != nil || response.StatusCode != http.StatusUnauthorized || used == "" {
		return response, err
	}
	_ = response.Body.Close() // the refusal's text is not needed
	if err := s.renew(r.Context(), used); err != nil {
		return nil, err
	}
	return s.send(r, s.current())
}

func (s *session) send(r *http.Request, token string) (*http.Response, error) {
	r = r.Clone(r.Context())
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	r.Body = body
	r.Header.Set("Accept", "application/graphql-response+json") // so that a refused token is answered with 401
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return s.http.Do(r)
}

// refresher sends refreshSession: with the cookie, and without the old token.
type refresher struct{ http *http.Client }

func (f refresher) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Antwon", "1")
	return f.http.Do(r)
}
