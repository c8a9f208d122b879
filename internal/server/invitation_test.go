package server_test

import (
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"

	"antwon.dj/backend/internal/server"
)

func startInvitations(t *testing.T) *site {
	return start(t, func(cfg *server.Config) { cfg.PublicURL = "https://party.example" })
}

// Both pictures have the modules of the room's address, with the white border that scanners need.
func TestQRCodesLeadToTheRoom(t *testing.T) {
	s := startInvitations(t)
	want, err := qr.Encode("https://party.example/r/PARTY", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	size := want.Size + 8
	svg := s.do("GET", "/r/party/qr.svg")
	if svg.Header.Get("Content-Type") != "image/svg+xml" ||
		!strings.Contains(svg.body, fmt.Sprintf(`viewBox="0 0 %d %d"`, size, size)) {
		t.Errorf("got %v %.200s", svg.Header, svg.body)
	}
	drawn := map[string]bool{}
	for _, at := range regexp.MustCompile(`M(\d+) (\d+)h1v1h-1z`).FindAllString(svg.body, -1) {
		drawn[at] = true
	}
	picture, err := png.Decode(strings.NewReader(s.do("GET", "/r/PARTY/qr.png").body))
	if err != nil {
		t.Fatal(err)
	}
	scale := picture.Bounds().Dx() / size
	for y := range size {
		for x := range size {
			black := want.Black(x-4, y-4)
			if drawn[fmt.Sprintf("M%d %dh1v1h-1z", x, y)] != black {
				t.Fatalf("SVG: module %d, %d is not %t", x, y, black)
			}
			if red, _, _, _ := picture.At(x*scale+1, y*scale+1).RGBA(); (red == 0) != black {
				t.Fatalf("PNG: module %d, %d is not %t", x, y, black)
			}
		}
	}
}

// The answers do not reveal whether a room is open: a picture depends on the code alone. A text that is no code has no
// picture.
func TestInvitationsTellOnlyTheFormOfACode(t *testing.T) {
	s := startInvitations(t)
	for _, name := range []string{"qr.svg", "qr.png", "poster"} {
		got := s.do("GET", "/r/NOROOM/"+name)
		if got.StatusCode != 200 || got.Header.Get("ETag") == "" || got.Header.Get("Cache-Control") == "no-store" {
			t.Errorf("%s: got %d %v", name, got.StatusCode, got.Header)
		}
		if again := s.do("GET", "/r/NOROOM/"+name, "If-None-Match", got.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("%s again: got %d", name, again.StatusCode)
		}
		for _, bad := range []string{"abc", "%3Csvg%3E", "a%20b%20c", strings.Repeat("A", 21)} {
			if got := s.do("GET", "/r/"+bad+"/"+name); got.StatusCode != 404 {
				t.Errorf("%s of %s: got %d", name, bad, got.StatusCode)
			}
		}
	}
}

func TestPosterIsInBothLanguages(t *testing.T) {
	s := startInvitations(t)
	english, german := s.do("GET", "/r/party/poster"), s.do("GET", "/r/party/poster", "Accept-Language", "de-CH")
	for _, want := range []string{"Scan this", "<strong>party.example</strong>", `src="/r/PARTY/qr.svg"`, ">PARTY<"} {
		if !strings.Contains(english.body, want) {
			t.Errorf("no %s in %s", want, english.body)
		}
	}
	chosen := s.do("GET", "/r/party/poster?lang=de")
	if chosen.body != german.body || !strings.Contains(german.body, "Scannen") {
		t.Errorf("got %s", chosen.body)
	}
}
