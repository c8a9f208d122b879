package spotify

import (
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"antwon.dj/backend/internal/jukebox"
)

const (
	searchesKept = 1_000
	searchFresh  = 30 * time.Second
)

// searches remembers what was found for a short while. What can be played differs from host to host.
type searches struct {
	pages *lru.Cache[searchKey, page]
}

type searchKey struct {
	hostID, query string
	limit, offset int
}

// page is a page of search results, and when it came.
type page struct {
	songs   []jukebox.Song
	hasMore bool
	at      time.Time
}

func newSearches() *searches {
	pages, _ := lru.New[searchKey, page](searchesKept) // fails only for a size of 0
	return &searches{pages}
}

func (s *searches) get(key searchKey, now time.Time) (page, bool) {
	p, ok := s.pages.Get(key)
	return p, ok && now.Sub(p.at) < searchFresh
}

func (s *searches) add(key searchKey, p page, now time.Time) {
	p.at = now
	s.pages.Add(key, p)
}

// normalized is a query without what makes no difference to Spotify.
func normalized(query string) string {
	return strings.ToLower(strings.Join(strings.Fields(query), " "))
}
