package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"rsc.io/qr"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const (
	routePlain = "GET /r/{code}/screen/plain"
	// plainKept is how long a page is served again to the same caller. So a browser that loads it in a tight loop costs
	// only one query in this time.
	plainKept = 3 * time.Second
	// plainCached bounds the memory for kept pages, of about 10 KB each.
	plainCached = 500
	// plainLoads is how many states are loaded at once, so that this page leaves the database to the others.
	plainLoads = 2
	plainWait  = 5 * time.Second // for a load
	plainSongs = 10              // of the queue
)

// plainScreen serves the room's screen as HTML without scripts: for televisions with old browsers.
type plainScreen struct {
	load    func(ctx context.Context, code string) (*party.State, error)
	public  string // the public URL
	cookies cookies
	log     *slog.Logger
	loads   chan struct{} // holds a value for each load that is under way

	mu    sync.Mutex
	pages *lru.Cache[string, plainPage] // by caller, language and code, so that they do not tell others which codes exist
}

// plainPage is a page that was rendered.
type plainPage struct {
	at     time.Time
	status int
	html   []byte
}

func newPlainScreen(cfg Config) *plainScreen {
	pages, err := lru.New[string, plainPage](plainCached)
	if err != nil {
		panic(err) // the size is positive
	}
	return &plainScreen{
		load: cfg.ScreenState, public: cfg.PublicURL, cookies: cfg.cookies(), log: cfg.Log,
		loads: make(chan struct{}, plainLoads), pages: pages,
	}
}

// serve answers with the page of the open room whose code is in the path.
func (p *plainScreen) serve(w http.ResponseWriter, r *http.Request) {
	if isPartOfOtherSite(r) {
		http.Error(w, "Open this page by itself: it cannot be part of another site's page.", http.StatusForbidden)
		return
	}
	ctx, _ := identifyCaller(p.cookies, w, r)
	code, text := r.PathValue("code"), plainTextsFor(r.Header.Get("Accept-Language"))
	page, err := p.page(ctx, code, text)
	if err != nil {
		if r.Context().Err() == nil { // the browser still waits
			p.log.ErrorContext(ctx, "the plain screen failed", "error", err)
		}
		page = failedPage(text)
	}
	w.Header().Set("Content-Type", contentTypeOf(".html"))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(page.status)
	_, _ = w.Write(page.html) // fails only if the browser has gone
}

func (p *plainScreen) page(ctx context.Context, code string, text *plainTexts) (plainPage, error) {
	key := account.CallerFrom(ctx).Address + " " + text.Language + " " + code
	if page, ok := p.kept(key); ok {
		return page, nil
	}
	ctx, cancel := context.WithTimeout(ctx, plainWait)
	defer cancel()
	select {
	case p.loads <- struct{}{}:
		defer func() { <-p.loads }()
	case <-ctx.Done():
		return plainPage{}, fmt.Errorf("wait for other plain screens: %w", ctx.Err())
	}
	if page, ok := p.kept(key); ok { // loaded while this request waited
		return page, nil
	}
	page, err := p.render(ctx, code, text)
	if err != nil || page.status != http.StatusOK { // the refusal may be for this browser only
		return page, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages.Add(key, page)
	return page, nil
}

func (p *plainScreen) kept(key string) (plainPage, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	page, ok := p.pages.Get(key)
	return page, ok && time.Since(page.at) < plainKept
}

func (p *plainScreen) render(ctx context.Context, code string, text *plainTexts) (plainPage, error) {
	state, err := p.load(ctx, code)
	view := plainView{Text: text, Refresh: 15}
	page := plainPage{at: time.Now(), status: http.StatusOK}
	switch code := party.CodeOf(err); {
	case err == nil:
		view.State, view.Address = state, p.public+"/r/"+state.Code
		view.Queue = state.Queue[:min(len(state.Queue), plainSongs)]
		view.More = len(state.Queue) - len(view.Queue)
		view.QR, err = pngOfQR(view.Address)
	case code == party.Internal:
		return plainPage{}, err
	case code == party.RateLimited:
		page.status, view.Problem, view.Refresh, err = http.StatusTooManyRequests, text.Failed, 60, nil
	default: // there is no such room, or it is not for this browser
		page.status, view.Problem, view.Refresh, err = http.StatusNotFound, text.NoRoom, 30, nil
	}
	if err != nil {
		return plainPage{}, err
	}
	if page.html, err = view.html(); err != nil {
		return plainPage{}, err
	}
	return page, nil
}

// failedPage says that the server cannot answer, and tries again by itself as every page does.
func failedPage(text *plainTexts) plainPage {
	view := plainView{Text: text, Problem: text.Failed, Refresh: 15}
	page := plainPage{status: http.StatusServiceUnavailable}
	page.html, _ = view.html() // does not fail without a room
	return page
}

func (v plainView) html() ([]byte, error) {
	var html bytes.Buffer
	if err := plainTemplate.Execute(&html, v); err != nil {
		return nil, fmt.Errorf("render the plain screen: %w", err)
	}
	return html.Bytes(), nil
}

// pngOfQR returns a QR code as a data URL of a PNG, which browsers without SVG show, too.
func pngOfQR(text string) (template.URL, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("encode a QR code: %w", err)
	}
	png := base64.StdEncoding.EncodeToString(code.PNG())
	return template.URL("data:image/png;base64," + png), nil //nolint:gosec // nothing in it comes from elsewhere
}
