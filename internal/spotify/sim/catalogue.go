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

// Track is one release of an invented recording. Two tracks with the same ISRC are the same recording, on a single and
// on an album.
type Track struct {
	ID         string // 22 characters, base62
	URI        string // spotify:track:ID
	Name       string
	Artists    []string
	Album      string
	ISRC       string // country ZZ, which is nobody's, so it names no real recording
	DurationMS int
	Explicit   bool
	Playable   bool   // what is_playable says; a player passes over tracks that are not
	PlaysAs    string // the ID a player shows for it: its own, or that of the recording's other release (relinking)
}

// Catalogue returns all tracks in a fixed order, the same for every Spotify of this package. The caller owns the slice.
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
	title   string // folded name, for the search
	text    string // folded name, artists and album
}

// catalogue is immutable once made.
type catalogue struct {
	tracks []*track
	byID   map[string]*track
	albums map[string]*album
}

// length is how long a track plays; an unknown one takes no time.
func (c *catalogue) length(id string) time.Duration {
	if t := c.byID[id]; t != nil {
		return time.Duration(t.DurationMS) * time.Millisecond
	}
	return 0
}

// generator makes the catalogue. Its random source has a fixed seed and identifiers are hashes of names, so every run
// makes the same one: state files and databases name its tracks.
type generator struct {
	catalogue
	random  *rand.Rand
	words   map[string][]string
	used    map[string]bool
	artists []artist
	serial  int // the last number given to an ISRC
	seconds int // what every song lasts, unless 0
}

func newCatalogue(songSeconds int) *catalogue {
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
	for i := range g.artists {
		g.discography(i)
	}
	return &g.catalogue
}

// discography is an album of five or six songs for every artist and, for every third, its first song as a single. A
// quarter of the singles is relinked to the album; on every tenth album there is a song that cannot be played.
func (g *generator) discography(i int) {
	released := time.Date(1998+g.random.IntN(27), time.January, 1+g.random.IntN(365), 0, 0, 0, 0, time.UTC)
	lp := g.album(g.artists[i], "album", g.title(albumTemplates()), released)
	for number := range 5 + i%2 {
		song := g.record(i, number, released.Year())
		song.Playable = i%10 != 7 || number != 2
		full := g.release(lp, song)
		if number == 0 && i%3 == 0 {
			single := g.release(g.album(g.artists[i], "single", song.Name, released.AddDate(0, -2, 0)), song)
			if i%12 == 0 {
				single.PlaysAs = full.ID
			}
		}
	}
}

func (g *generator) album(by artist, kind, name string, released time.Time) *album {
	a := &album{id: base62("album", by.name, kind, name), name: name, kind: kind, artist: by, released: released}
	g.albums[a.id] = a
	return a
}

// record makes a recording of the i-th artist; on every second album the fourth song has a guest.
func (g *generator) record(i, number, year int) track {
	g.serial++
	song := track{artists: []artist{g.artists[i]}}
	song.Name = g.title(titleTemplates())
	song.ISRC = fmt.Sprintf("ZZANT%02d%05d", year%100, g.serial)
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

// release puts a recording on an album.
func (g *generator) release(on *album, song track) *track {
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

// title makes a name that no song and no album has yet.
func (g *generator) title(templates []string) string {
	for {
		name := g.fill(templates[g.random.IntN(len(templates))])
		if !g.used[name] {
			g.used[name] = true
			return name
		}
	}
}

// fill replaces the braces of a template from left to right.
func (g *generator) fill(template string) string {
	before, rest, found := strings.Cut(template, "{")
	if !found {
		return template
	}
	list, after, _ := strings.Cut(rest, "}")
	words := g.words["{"+list+"}"]
	return before + words[g.random.IntN(len(words))] + g.fill(after)
}

// base62 is a Spotify ID ("a base-62 identifier", 22 characters; Web API, Spotify URIs and IDs) made of names.
func base62(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	id := new(big.Int).SetBytes(sum[:]).Text(62)
	return id[len(id)-22:]
}

// similarCount is how many songs Spotify picks at once when it goes on by itself.
const similarCount = 10

// similar is what Spotify would go on with after a track: always the same, playable, and never the track itself.
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

// onAlbum are an album's tracks; nil: there is no such album.
func (c *catalogue) onAlbum(id string) []*track {
	return c.where(func(t *track) bool { return t.album.id == id })
}

// byArtist are the tracks an artist is on; nil: there is no such artist.
func (c *catalogue) byArtist(id string) []*track {
	return c.where(func(t *track) bool {
		return slices.ContainsFunc(t.artists, func(a artist) bool { return a.id == id })
	})
}

func (c *catalogue) where(holds func(*track) bool) (tracks []*track) {
	for _, t := range c.tracks {
		if holds(t) {
			tracks = append(tracks, t)
		}
	}
	return tracks
}
