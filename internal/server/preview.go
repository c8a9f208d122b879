package server

import (
	"bytes"
	"context"
	"html"
	"net/http"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	// previewLoads is how many names are looked up at once, for links that are shared.
	previewLoads = 2
	previewWait  = time.Second // after that the preview has no name
	// previewTitle is in the built page; the room's name takes its place.
	previewTitle = `property="og:title" content="antwon.dj"`
)

// previews adds the room's name to the page that programs fetch to show a link, such as messengers. Browsers of guests
// get the page as it is, and wait for no database: they say that they open a document or, without https, that they
// would rather have it.
type previews struct {
	page   *asset
	find   func(ctx context.Context, code string) (*party.Room, error)
	client cookies
	loads  chan struct{} // holds a value for each look-up that is under way
}

// withPreview returns a handler for the room's page.
func withPreview(cfg Config, page *asset) http.HandlerFunc {
	if page == nil {
		return serveNotBuilt
	}
	if cfg.RoomByCode == nil {
		return page.serve
	}
	p := &previews{page, cfg.RoomByCode, cfg.cookies(), make(chan struct{}, previewLoads)}
	return p.serve
}

func (p *previews) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Sec-Fetch-Dest, Upgrade-Insecure-Requests")
	name := ""
	if r.Header.Get("Sec-Fetch-Dest") == "" && r.Header.Get("Upgrade-Insecure-Requests") == "" {
		ctx, _ := identifyCaller(p.client, w, r)
		name = p.nameOf(ctx, r.PathValue("code"))
	}
	if name == "" {
		p.page.serve(w, r)
		return
	}
	title := []byte(`property="og:title" content="` + html.EscapeString(name) + `"`)
	w.Header().Set("Content-Type", contentTypeOf(".html"))
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(bytes.Replace(p.page.plain, []byte(previewTitle), title, 1)) // fails only if the client has gone
}

// nameOf returns the name of the open room with this code. It is empty if there is none, and while the server has more
// to do. Wrong codes count as the caller's guesses.
func (p *previews) nameOf(ctx context.Context, code string) string {
	ctx, cancel := context.WithTimeout(ctx, previewWait)
	defer cancel()
	select {
	case p.loads <- struct{}{}:
		defer func() { <-p.loads }()
	case <-ctx.Done():
		return ""
	}
	room, err := p.find(ctx, code)
	if err != nil || room == nil {
		return ""
	}
	return room.Name
}
