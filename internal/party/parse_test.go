package party_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"antwon.dj/backend/internal/party"
)

func TestRecordingIsTheSameForEveryRelease(t *testing.T) {
	song := party.Song{Name: "Déjà vu (Live)", Artists: []string{"Zoë"}, DurationMS: 181_000}
	same := party.Song{Name: "deja vu live", Artists: []string{"ZOE", "Guest"}, DurationMS: 183_000}
	other := party.Song{Name: "Déjà vu (Live)", Artists: []string{"Zoë"}, DurationMS: 240_000}
	if party.RecordingOf(song) != party.RecordingOf(same) {
		t.Error("songs that differ in spelling only are different recordings")
	}
	if party.RecordingOf(song) == party.RecordingOf(other) {
		t.Error("songs that differ by a minute are the same recording")
	}
	song.ISRC, same.ISRC = "DEAAA2600001", "deaaa2600001"
	if party.RecordingOf(song) != party.RecordingOf(same) {
		t.Error("ISRCs that differ in case only are different recordings")
	}
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{
		"Gina", " ", "a\nb", "\u202e", "👩‍👩‍👧", strings.Repeat("ä", 41), "a\xff", "'; DROP TABLE users; --",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		name, err := party.ParseName("displayName", input)
		if err != nil {
			if party.CodeOf(err) != party.BadUserInput {
				t.Fatalf("ParseName(%q) = %v", input, err)
			}
			return
		}
		n := utf8.RuneCountInString(name)
		if n < 1 || n > 40 || !utf8.ValidString(name) || strings.ContainsAny(name, "\x00\n\r\t\u202e") {
			t.Fatalf("ParseName(%q) = %q", input, name)
		}
		if again, err := party.ParseName("displayName", name); err != nil || again != name {
			t.Fatalf("ParseName is not stable: %q, then %q, %v", name, again, err)
		}
	})
}

func FuzzCodes(f *testing.F) {
	for _, seed := range []string{"party", "AB-12", "abc", "ſtraße", "Ａ１２３", ""} {
		f.Add(seed)
	}
	valid := regexp.MustCompile(`^[A-Z0-9-]{4,20}$`)
	f.Fuzz(func(t *testing.T, input string) {
		code, err := party.ParseCode("code", input)
		if (err == nil) != valid.MatchString(code) || err != nil && party.CodeOf(err) != party.BadUserInput {
			t.Fatalf("ParseCode(%q) = %q, %v", input, code, err)
		}
	})
}

func FuzzTracks(f *testing.F) {
	for _, seed := range []string{
		"spotify:track:0000000000000000000001", "spotify:track:", "%",
		"https://open.spotify.com/track/0000000000000000000001?si=x",
		"https://open.spotify.com/intl-de/track/0000000000000000000001",
	} {
		f.Add(seed)
	}
	valid := regexp.MustCompile(`^spotify:track:[0-9A-Za-z]{22}$`)
	f.Fuzz(func(t *testing.T, input string) {
		track, err := party.ParseTrack("songUri", input)
		if (err == nil) != valid.MatchString(track) || err != nil && party.CodeOf(err) != party.BadUserInput {
			t.Fatalf("ParseTrack(%q) = %q, %v", input, track, err)
		}
	})
}

// Hashes of changes are stored with idempotency keys. A request that is repeated after an upgrade has to have the same.
func TestJSONOfAChangeLacksEmptyListsToBlock(t *testing.T) {
	text, err := json.Marshal(party.SettingsChange{})
	if err != nil || strings.Contains(string(text), `"Block"`) || strings.Contains(string(text), `"Unblock"`) {
		t.Errorf("%s, %v", text, err)
	}
}
