package server_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

// A link that is shared in a messenger has the room's name, and a picture with an absolute address.
func TestSharedLinksHaveTheRoomsName(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.PublicURL = "https://party.example"
		cfg.RoomByCode = func(_ context.Context, code string) (*party.Room, error) {
			switch code {
			case "PARTY":
				return &party.Room{Name: `"><script>Anna's</script>`, Code: code}, nil
			case "NONE":
				return nil, nil
			}
			return nil, errors.New("the database is down")
		}
	})
	const (
		general = `og:title" content="antwon.dj"`
		picture = `og:image" content="https://party.example/preview.png"`
		ofRoom  = `og:image" content="https://party.example/r/PARTY/preview.png"`
	)
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
		isGeneral := test.want == general
		if strings.Contains(got.body, picture) != isGeneral || strings.Contains(got.body, ofRoom) == isGeneral {
			t.Errorf("%s: no picture in %s", test.path, got.body)
		}
	}
}

// An open room has a picture of its own. For every code that no open room has, the answer is the same.
func TestRoomsHavePicturesOfTheirOwn(t *testing.T) {
	name := "Anna"
	s := start(t, func(cfg *server.Config) {
		cfg.RoomByCode = func(_ context.Context, code string) (*party.Room, error) {
			switch code {
			case "PARTY", "party":
				return &party.Room{Name: name, Code: "PARTY"}, nil
			case "OTHER":
				return &party.Room{Name: name, Code: code}, nil
			case "DOWN":
				return nil, errors.New("the database is down")
			}
			return nil, nil
		}
	})
	get := func(path string) reply {
		t.Helper()
		got := s.do("GET", path)
		isPNG := got.Header.Get("Content-Type") == "image/png" && strings.HasPrefix(got.body, "\x89PNG")
		if got.StatusCode != 200 || !isPNG {
			t.Fatalf("%s: got %d %v", path, got.StatusCode, got.Header)
		}
		return got
	}
	general, picture := get("/preview.png"), get("/r/PARTY/preview.png")
	if picture.body == general.body || picture.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("the room's picture is %d bytes, %v", len(picture.body), picture.Header)
	}
	if again := get("/r/party/preview.png"); again.body != picture.body {
		t.Error("a code in lower case leads to another picture")
	}
	if other := get("/r/OTHER/preview.png"); other.body == picture.body {
		t.Error("two rooms of the same name have the same picture")
	}
	for _, code := range []string{"CLOSED", "DOWN", "x", "%00", strings.Repeat("A", 300)} {
		got := get("/r/" + code + "/preview.png")
		if got.body != general.body || got.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("the code %q has a picture of %d bytes, %v", code, len(got.body), got.Header)
		}
	}
	embedded := s.do("GET", "/r/PARTY/preview.png", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image")
	if embedded.body != general.body {
		t.Error("a page of another site lets its visitors try codes")
	}
	name = "Annas Party"
	if renamed := get("/r/PARTY/preview.png"); renamed.body == picture.body {
		t.Error("a room with another name keeps its picture")
	}
}

// A host who renames the room again and again does not keep the server busy with drawing.
func TestPicturesAreDrawnAtABoundedRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no time passes while pictures are drawn
		names := 0
		s := start(t, func(cfg *server.Config) {
			cfg.RoomByCode = func(context.Context, string) (*party.Room, error) {
				names++
				return &party.Room{Name: fmt.Sprint("Name ", names), Code: "PARTY"}, nil
			}
		})
		general, drawn := s.do("GET", "/preview.png").body, 0
		for range 55 {
			if s.do("GET", "/r/PARTY/preview.png").body != general {
				drawn++
			}
		}
		if drawn != 50 {
			t.Errorf("%d pictures were drawn at once, want 50", drawn)
		}
	})
}
