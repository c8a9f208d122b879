package server

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"rsc.io/qr"

	"antwon.dj/backend/internal/party"
)

const (
	// invitationsKept bounds the memory for drawn pictures, of about 10 KB each.
	invitationsKept    = 200
	invitationLifetime = "public, max-age=3600" // the server's address may change
	// pixelsPerModule makes a QR code of about 600 pixels: sharp on paper, and small as a file.
	pixelsPerModule = 16
	quietZone       = 4 // modules around a QR code, without which scanners do not find it
)

// invitations draws QR codes of a room's address, and a poster to print. It looks up no room: each code of the right
// form gets the same kind of answer, so the answers do not reveal which codes are in use, and cost no query.
type invitations struct {
	public string // the public URL
	drawn  *lru.Cache[string, *asset]
}

func newInvitations(public string) *invitations {
	drawn, err := lru.New[string, *asset](invitationsKept)
	if err != nil {
		panic(err) // the size is positive
	}
	return &invitations{public, drawn}
}

// routes returns the handlers, by the patterns of their requests.
func (i *invitations) routes() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /r/{code}/qr.svg": i.serve(drawSVG),
		"GET /r/{code}/qr.png": i.serve(drawPNG),
		"GET /r/{code}/poster": withPolicy(posterPolicy, i.servePoster),
	}
}

// serve returns the handler of a picture.
func (i *invitations) serve(draw func(*qr.Code) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code, err := party.ParseCode("code", r.PathValue("code"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		name := path.Base(r.URL.Path)
		picture, ok := i.drawn.Get(code + name)
		if !ok {
			modules, err := qr.Encode(i.addressOf(code), qr.M)
			if err != nil { // a public URL of more than 2,000 letters
				http.NotFound(w, r)
				return
			}
			picture = newAsset(name, draw(modules))
			picture.cacheControl = invitationLifetime
			i.drawn.Add(code+name, picture)
		}
		picture.serve(w, r)
	}
}

func (i *invitations) servePoster(w http.ResponseWriter, r *http.Request) {
	code, err := party.ParseCode("code", r.PathValue("code"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	text := posterTextsFor(r)
	_, address, _ := strings.Cut(i.public, "://")
	var html bytes.Buffer
	if err := posterTemplate.Execute(&html, posterView{text, code, address}); err != nil {
		panic(err) // the template fits the view
	}
	w.Header().Set("Vary", "Accept-Language")
	poster := newAsset("poster.html", html.Bytes())
	poster.serve(w, r)
}

func (i *invitations) addressOf(code string) string { return i.public + "/r/" + code }

func drawPNG(code *qr.Code) []byte {
	code.Scale = pixelsPerModule
	return code.PNG()
}

// drawSVG draws black on white, with one shape for all modules.
func drawSVG(code *qr.Code) []byte {
	var svg bytes.Buffer
	size := code.Size + 2*quietZone
	svg.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges"`)
	fmt.Fprintf(&svg, ` viewBox="0 0 %d %d">`, size, size)
	fmt.Fprintf(&svg, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, size, size)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&svg, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	svg.WriteString(`"/></svg>`)
	return svg.Bytes()
}
