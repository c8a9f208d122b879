package sim

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Track is one release of an invented recording. Two tracks with the same ISRC are releases of the same recording: one
// on a single, one on an album.
type Track struct {
	ID         string // 22 characters, base62
	URI        string // spotify:track:ID
	Name       string
	Artists    []string
	Album      string
	ISRC       string // with the unassigned country code ZZ, so that it names no real recording
	DurationMS int
	Explicit   bool
	Playable   bool   // the value of is_playable; a player skips tracks that are not playable
	PlaysAs    string // the ID under which a player plays it: its own, or that of the other release (relinking)
}

// Catalogue returns all tracks in an order that is the same for every Spotify of this package. The caller may modify
// the slice.
func (s *Spotify) Catalogue() []Track {
	tracks := make([]Track, len(s.catalogue.tracks))
	for i, t := range s.catalogue.tracks {
		tracks[i] = t.Track
		tracks[i].Artists = slices.Clone(t.Artists)
	}
	return tracks
}

type artist struct{ id, name string }

type album struct {
	id, name string
	kind     string // album_type: "album" or "single"
	artist   artist
	released time.Time
	tracks   int
}

type track struct {
	Track
	artists []artist
	album   *album
	number  int    // within the album, from 1
	title   string // normalized name, for searching
	text    string // normalized name, artists and album
}

// catalogue contains all songs. It is immutable.
type catalogue struct {
	tracks []*track
	byID   map[string]*track
	albums map[string]*album
}

// length returns the duration of a track, and 0 for an unknown one.
func (c *catalogue) length(id string) time.Duration {
	if t := c.byID[id]; t != nil {
		return time.Duration(t.DurationMS) * time.Millisecond
	}
	return 0
}

// generator creates the catalogue. Its random source has a fixed seed, and identifiers are hashes of names, so every
// run creates the same one: state files and databases contain identifiers of its tracks.
type generator struct {
	catalogue
	random     *rand.Rand
	words      map[string][]string
	used       map[string]bool
	artists    []artist
	lastSerial int // the last serial number used in an ISRC
	seconds    int // duration of every song; 0: it varies
}

func newCatalogue(songSeconds int, many bool) *catalogue {
	g := &generator{
		catalogue: catalogue{byID: map[string]*track{}, albums: map[string]*album{}},
		random:    rand.New(rand.NewPCG(1958, 2026)),
		words:     wordLists(),
		used:      map[string]bool{},
		seconds:   songSeconds,
	}
	for _, name := range artistNames() {
		g.artists = append(g.artists, artist{id: base62("artist", name), name: name})
	}
	albums := 1
	if many {
		albums = 2
	}
	for range albums {
		for i := range g.artists {
			g.addAlbumAndSingle(i)
		}
	}
	return &g.catalogue
}

// addAlbumAndSingle adds an album of five or six songs for the i-th artist and, for every third artist, the first song
// as a single. A quarter of the singles is relinked to the album. Every tenth album has a song that is not playable.
func (g *generator) addAlbumAndSingle(i int) {
	released := time.Date(1998+g.random.IntN(27), time.January, 1+g.random.IntN(365), 0, 0, 0, 0, time.UTC)
	lp := g.addAlbum(g.artists[i], "album", g.newTitle(albumTemplates()), released)
	for number := range 5 + i%2 {
		song := g.newRecording(i, number, released.Year())
		song.Playable = i%10 != 7 || number != 2
		full := g.addRelease(lp, song)
		if number == 0 && i%3 == 0 {
			single := g.addRelease(g.addAlbum(g.artists[i], "single", song.Name, released.AddDate(0, -2, 0)), song)
			if i%12 == 0 {
				single.PlaysAs = full.ID
			}
		}
	}
}

func (g *generator) addAlbum(by artist, kind, name string, released time.Time) *album {
	a := &album{id: base62("album", by.name, kind, name), name: name, kind: kind, artist: by, released: released}
	g.albums[a.id] = a
	return a
}

// newRecording creates a recording of the i-th artist. On every second album the fourth song has a guest.
func (g *generator) newRecording(i, number, year int) track {
	g.lastSerial++
	song := track{artists: []artist{g.artists[i]}}
	song.Name = g.newTitle(titleTemplates())
	song.ISRC = fmt.Sprintf("ZZANT%02d%05d", year%100, g.lastSerial)
	song.DurationMS = 120_000 + g.random.IntN(180_000)
	song.Explicit = g.random.IntN(12) == 0
	if number == 3 && i%2 == 0 {
		guest := g.artists[(i+7)%len(g.artists)]
		song.artists = append(song.artists, guest)
		song.Name += " (feat. " + guest.name + ")"
	}
	if g.seconds > 0 {
		song.DurationMS = g.seconds * 1000
	}
	return song
}

// addRelease adds a recording to an album.
func (g *generator) addRelease(on *album, song track) *track {
	on.tracks++
	t := &song
	t.album, t.number, t.Album = on, on.tracks, on.name
	t.ID = base62("track", on.id, song.Name)
	t.URI, t.PlaysAs = trackURI+t.ID, t.ID
	for _, a := range t.artists {
		t.Artists = append(t.Artists, a.name)
	}
	t.title = fold(t.Name)
	t.text = fold(t.Name + " " + strings.Join(t.Artists, " ") + " " + t.Album)
	g.tracks = append(g.tracks, t)
	g.byID[t.ID] = t
	return t
}

// newTitle returns a title that no song and no album has yet.
func (g *generator) newTitle(templates []string) string {
	for {
		name := g.fillTemplate(templates[g.random.IntN(len(templates))])
		if !g.used[name] {
			g.used[name] = true
			return name
		}
	}
}

// fillTemplate replaces the word lists named in braces by random words, from left to right.
func (g *generator) fillTemplate(template string) string {
	before, rest, found := strings.Cut(template, "{")
	if !found {
		return template
	}
	list, after, _ := strings.Cut(rest, "}")
	words := g.words["{"+list+"}"]
	return before + words[g.random.IntN(len(words))] + g.fillTemplate(after)
}

// base62 derives an identifier in Spotify's format from names: 22 characters of base 62 (Web API, "Spotify URIs and
// IDs").
func base62(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	id := new(big.Int).SetBytes(sum[:]).Text(62)
	return id[len(id)-22:]
}

// similarCount is how many songs autoplay chooses at a time.
const similarCount = 10

// similar returns the tracks with which autoplay continues after a track. They are always the same, playable, and never
// the track itself.
func (c *catalogue) similar(id string) []string {
	at := slices.IndexFunc(c.tracks, func(t *track) bool { return t.ID == id })
	var ids []string
	for step := 1; len(ids) < similarCount; step++ {
		t := c.tracks[(at+37*step+len(c.tracks))%len(c.tracks)]
		if t.Playable && t.PlaysAs != id && !slices.Contains(ids, t.PlaysAs) {
			ids = append(ids, t.PlaysAs)
		}
	}
	return ids
}

// tracksOnAlbum returns an album's tracks, and nil if the album does not exist.
func (c *catalogue) tracksOnAlbum(id string) []*track {
	return c.filter(func(t *track) bool { return t.album.id == id })
}

// tracksByArtist returns the tracks on which an artist appears, and nil if the artist does not exist.
func (c *catalogue) tracksByArtist(id string) []*track {
	return c.filter(func(t *track) bool {
		return slices.ContainsFunc(t.artists, func(a artist) bool { return a.id == id })
	})
}

func (c *catalogue) filter(holds func(*track) bool) (tracks []*track) {
	for _, t := range c.tracks {
		if holds(t) {
			tracks = append(tracks, t)
		}
	}
	return tracks
}
