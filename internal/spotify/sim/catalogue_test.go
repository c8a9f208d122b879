package sim

import (
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestCatalogueHasEveryKindOfSong(t *testing.T) {
	s := open(t, Config{})
	tracks := s.Catalogue()
	ids, isrcs, artists := map[string]bool{}, map[string]int{}, map[string]bool{}
	var explicit, unplayable, relinked int
	for _, track := range tracks {
		ids[track.ID] = true
		isrcs[track.ISRC]++
		artists[track.Artists[0]] = true
		if !regexp.MustCompile(`^[0-9A-Za-z]{22}$`).MatchString(track.ID) || track.URI != "spotify:track:"+track.ID {
			t.Errorf("%s is not an ID in Spotify's format, or %s is not its URI", track.ID, track.URI)
		}
		if !regexp.MustCompile(`^ZZ[A-Z]{3}\d{7}$`).MatchString(track.ISRC) {
			t.Errorf("%s is not an ISRC", track.ISRC)
		}
		if track.DurationMS < 120_000 || track.DurationMS > 300_000 {
			t.Errorf("%s lasts %d ms", track.Name, track.DurationMS)
		}
		if strings.ContainsAny(track.Name+track.Album, "{}") {
			t.Errorf("%q on %q contains a template", track.Name, track.Album)
		}
		if track.Explicit {
			explicit++
		}
		if !track.Playable {
			unplayable++
		}
		if track.PlaysAs != track.ID {
			relinked++
		}
	}
	doubles := len(tracks) - len(isrcs)
	if len(ids) != len(tracks) || len(tracks) < 300 || len(artists) < 60 || doubles < 20 || relinked == 0 ||
		explicit == 0 || unplayable == 0 {
		t.Errorf("%d tracks with %d IDs by %d artists, %d second releases (%d relinked), %d explicit, %d unplayable",
			len(tracks), len(ids), len(artists), doubles, relinked, explicit, unplayable)
	}
}

// TestCatalogueStaysTheSame because databases and state files contain identifiers of its tracks.
func TestCatalogueStaysTheSame(t *testing.T) {
	const digest = "dd63a7eb37f7693a92048a8b5526ff08b3b52f04cf37b2c4a6b92848854744a2"
	sum := sha256.New()
	for _, track := range open(t, Config{}).Catalogue() {
		fmt.Fprintln(sum, track.ID, track.ISRC, track.PlaysAs, track.Name)
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != digest {
		t.Errorf("the catalogue changed, to %s: saved players and queues refer to tracks of the old one", got)
	}
}

func TestSongSecondsSetsDuration(t *testing.T) {
	for _, track := range open(t, Config{SongSeconds: 20}).Catalogue() {
		if track.DurationMS != 20_000 {
			t.Fatalf("%s lasts %d ms", track.Name, track.DurationMS)
		}
	}
}

func TestSearchIgnoresCaseAndAccents(t *testing.T) {
	songs := newCatalogue(0, false)
	for query, artist := range map[string]string{
		"amelie corbeau":            "Amélie Corbeau",
		"CORBEAU Amélie":            "Amélie Corbeau",
		"señor rela":                "Señor Relámpago",
		"hakan silverbark":          "Håkan Silverbark",
		"grandmas synthesizer":      "Grandma's Synthesizer",
		"grandma’s synth":           "Grandma's Synthesizer",
		`artist:"zoe lindqvarn"`:    "Zoë Lindqvarn",
		"  moss &  marble ":         "Moss & Marble",
		"elodie brandtholm (feat.)": "Elodie Brandtholm",
	} {
		found := songs.search(query)
		if len(found) == 0 {
			t.Errorf("%q finds nothing", query)
		}
		for _, track := range found {
			if !strings.Contains(track.Name+" "+strings.Join(track.Artists, " "), artist) {
				t.Errorf("%q finds %s by %v", query, track.Name, track.Artists)
			}
		}
	}
	for _, query := range []string{"", "  ", "!?", "corbeau zzz", "orbeau"} {
		if found := songs.search(query); len(found) != 0 {
			t.Errorf("%q finds %d tracks", query, len(found))
		}
	}
	if found := songs.search("umbrella"); !strings.Contains(found[0].title, "umbrella") ||
		strings.Contains(found[len(found)-1].title, "umbrella") {
		t.Error("tracks that match in the title do not come first")
	}
}

func TestEveryAlbumHasItsOwnCover(t *testing.T) {
	s := open(t, Config{})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.Covers().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	seen := map[string]bool{}
	for id, a := range s.catalogue.albums {
		w := get("/" + id + ".svg?size=300")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" ||
			w.Header().Get("Cache-Control") == "" {
			t.Fatalf("%s: %d %v", id, w.Code, w.Header())
		}
		if text := svgText(t, w.Body.String()); !strings.Contains(text, a.artist.name) || strings.Contains(text, "!") {
			t.Errorf("cover of %s reads %q", a.name, text)
		}
		seen[w.Body.String()] = true
		if cover(a) != w.Body.String() {
			t.Errorf("the cover of %s differs the second time", a.name)
		}
	}
	if len(seen) != len(s.catalogue.albums) {
		t.Errorf("%d albums have only %d different covers", len(s.catalogue.albums), len(seen))
	}
	known := s.catalogue.tracks[0].album.id
	for _, path := range []string{"/", "/" + known, "/" + known + ".png", "/nothing.svg", "/" + known + ".svg/more"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// svgText checks that a picture is well-formed XML, and returns the text in it.
func svgText(t *testing.T, svg string) string {
	t.Helper()
	var text strings.Builder
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if chars, ok := token.(xml.CharData); ok {
			text.Write(chars)
			text.WriteByte(' ')
		}
	}
}

func open(t *testing.T, cfg Config) *Spotify {
	t.Helper()
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A room allows 500 songs in its queue.
func TestManySongsFillAQueue(t *testing.T) {
	isrcs := map[string]bool{}
	for _, track := range open(t, Config{ManySongs: true}).Catalogue() {
		if track.Playable {
			isrcs[track.ISRC] = true
		}
	}
	if len(isrcs) < 510 {
		t.Errorf("the larger catalogue has %d playable recordings", len(isrcs))
	}
}
