package server_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

// A link that is shared in a messenger has the room's name, and a picture with a whole address.
func TestSharedLinksHaveTheRoomsName(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.PublicURL = "https://party.example"
		cfg.RoomByCode = func(_ context.Context, code string) (*party.Room, error) {
			switch code {
			case "PARTY":
				return &party.Room{Name: `"><script>Anna's</script>`}, nil
			case "NONE":
				return nil, nil
			}
			return nil, errors.New("the database is down")
		}
	})
	const general = `og:title" content="antwon.dj"`
	for _, test := range []struct {
		path, want string
		header     []string
	}{
		{"/r/PARTY", `og:title" content="&#34;&gt;&lt;script&gt;Anna&#39;s&lt;/script&gt;"`, nil},
		{"/r/PARTY", general, []string{"Sec-Fetch-Dest", "document"}},     // a guest's browser waits for no database
		{"/r/PARTY", general, []string{"Upgrade-Insecure-Requests", "1"}}, // nor one without https
		{"/r/NONE", general, nil},
		{"/r/DOWN", general, nil},
		{"/", general, nil},
	} {
		got := s.do("GET", test.path, append(test.header, "Accept-Encoding", "identity")...)
		if got.StatusCode != 200 || !strings.Contains(got.body, test.want) || strings.Contains(got.body, "<script>Anna") {
			t.Errorf("%s %v: got %d %s", test.path, test.header, got.StatusCode, got.body)
		}
		if !strings.Contains(got.body, `og:image" content="https://party.example/preview.png"`) {
			t.Errorf("%s: no picture in %s", test.path, got.body)
		}
	}
}
