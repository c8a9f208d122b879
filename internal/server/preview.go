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
	// previewLoads is how many rooms are looked up at once for previews of links.
	previewLoads = 2
	previewWait  = time.Second // after which the general preview is served
	// previewTitle is in the built page; the room's name takes its place.
	previewTitle = `property="og:title" content="antwon.dj"`
)

// previews serves what messengers and other programs show with a link to a room: the page with the room's name, and a
// picture. Guests' browsers get the page as it was built, without a query of the database: they are recognized by
// Sec-Fetch-Dest or, without https, by Upgrade-Insecure-Requests. All codes that no open room has get the same answer.
type previews struct {
	page     *asset // the room's page
	picture  string // the address of the general picture, as it is in the page
	public   string // the public URL
	find     func(ctx context.Context, code string) (*party.Room, error)
	client   cookies
	loads    chan struct{} // holds a value for each look-up that is under way
	pictures *roomPictures
}

// withPreviews returns the handlers for the room's page and its picture, by the patterns of their requests. page and
// picture are the built ones.
func withPreviews(cfg Config, page, picture *asset) map[string]http.Handler {
	routes := map[string]http.Handler{routeRoom: http.HandlerFunc(serveNotBuilt)}
	switch {
	case page == nil:
	case cfg.RoomByCode == nil || picture == nil:
		routes[routeRoom] = http.HandlerFunc(page.serve)
	default:
		p := &previews{
			page: page, picture: cfg.PublicURL + "/preview.png", public: cfg.PublicURL, find: cfg.RoomByCode,
			client: cfg.cookies(), loads: make(chan struct{}, previewLoads), pictures: newRoomPictures(picture),
		}
		routes[routeRoom] = http.HandlerFunc(p.servePage)
		routes[routePicture] = http.HandlerFunc(p.servePicture)
	}
	return routes
}

const (
	routeRoom    = "GET /r/{code}"
	routePicture = "GET /r/{code}/preview.png"
)

func (p *previews) servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Sec-Fetch-Dest, Upgrade-Insecure-Requests")
	var room *party.Room
	if r.Header.Get("Sec-Fetch-Dest") == "" && r.Header.Get("Upgrade-Insecure-Requests") == "" {
		room = p.roomOf(w, r)
	}
	if room == nil {
		p.page.serve(w, r)
		return
	}
	title := []byte(`property="og:title" content="` + html.EscapeString(room.Name) + `"`)
	page := bytes.Replace(p.page.plain, []byte(previewTitle), title, 1)
	picture := `content="` + html.EscapeString(p.public+"/r/"+room.Code+"/preview.png") + `"`
	page = bytes.Replace(page, []byte(`content="`+p.picture+`"`), []byte(picture), 1)
	w.Header().Set("Content-Type", contentTypeOf(".html"))
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(page) // fails only if the client has gone
}

func (p *previews) servePicture(w http.ResponseWriter, r *http.Request) {
	picture := p.pictures.general
	if !isPartOfOtherSite(r) {
		if room := p.roomOf(w, r); room != nil {
			picture = p.pictures.of(r.Context(), room.Name, room.Code)
		}
	}
	picture.serve(w, r)
}

// isPartOfOtherSite reports whether a page of another site made the browser send the request, except for links that
// somebody opens. Such pages could guess codes with their visitors' browsers. Programs that are no browsers do not send
// the headers.
func isPartOfOtherSite(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Dest") != "document"
}

// roomOf returns the open room whose code a request names. It returns nil if there is none, or if the look-up fails or
// takes longer than previewWait. Wrong codes count as the caller's guesses.
func (p *previews) roomOf(w http.ResponseWriter, r *http.Request) *party.Room {
	ctx, _ := identifyCaller(p.client, w, r)
	ctx, cancel := context.WithTimeout(ctx, previewWait)
	defer cancel()
	select {
	case p.loads <- struct{}{}:
		defer func() { <-p.loads }()
	case <-ctx.Done():
		return nil
	}
	room, err := p.find(ctx, r.PathValue("code"))
	if err != nil {
		return nil
	}
	return room
}
