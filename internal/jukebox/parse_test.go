package jukebox_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"antwon.dj/backend/internal/jukebox"
)

func TestRecordingIsTheSameForEveryRelease(t *testing.T) {
	song := jukebox.Song{Name: "Déjà vu (Live)", Artists: []string{"Zoë"}, DurationMS: 181_000}
	same := jukebox.Song{Name: "deja vu live", Artists: []string{"ZOE", "Guest"}, DurationMS: 183_000}
	other := jukebox.Song{Name: "Déjà vu (Live)", Artists: []string{"Zoë"}, DurationMS: 240_000}
	if jukebox.Recording(song) != jukebox.Recording(same) {
		t.Error("spelling tells releases apart")
	}
	if jukebox.Recording(song) == jukebox.Recording(other) {
		t.Error("a minute of difference is the same recording")
	}
	song.ISRC, same.ISRC = "DEAAA2600001", "deaaa2600001"
	if jukebox.Recording(song) != jukebox.Recording(same) {
		t.Error("the case of an ISRC tells recordings apart")
	}
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"Gina", " ", "a\nb", "\u202e", "👩‍👩‍👧", strings.Repeat("ä", 41), "a\xff", "'; DROP TABLE users; --"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		name, err := jukebox.ParseName("displayName", input)
		if err != nil {
			if jukebox.CodeOf(err) != jukebox.BadUserInput {
				t.Fatalf("ParseName(%q) = %v", input, err)
			}
			return
		}
		if n := utf8.RuneCountInString(name); n < 1 || n > 40 || !utf8.ValidString(name) || strings.ContainsAny(name, "\x00\n\r\t\u202e") {
			t.Fatalf("ParseName(%q) = %q", input, name)
		}
		if again, err := jukebox.ParseName("displayName", name); err != nil || again != name {
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
		code, err := jukebox.ParseCode("code", input)
		if (err == nil) != valid.MatchString(code) || err != nil && jukebox.CodeOf(err) != jukebox.BadUserInput {
			t.Fatalf("ParseCode(%q) = %q, %v", input, code, err)
		}
	})
}

func FuzzTracks(f *testing.F) {
	for _, seed := range []string{uri(1), "https://open.spotify.com/track/0000000000000000000001?si=x", "https://open.spotify.com/intl-de/track/0000000000000000000001", "spotify:track:", "%"} {
		f.Add(seed)
	}
	valid := regexp.MustCompile(`^spotify:track:[0-9A-Za-z]{22}$`)
	f.Fuzz(func(t *testing.T, input string) {
		track, err := jukebox.ParseTrack("songUri", input)
		if (err == nil) != valid.MatchString(track) || err != nil && jukebox.CodeOf(err) != jukebox.BadUserInput {
			t.Fatalf("ParseTrack(%q) = %q, %v", input, track, err)
		}
	})
}
