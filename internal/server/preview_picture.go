package server

import (
	"context"

	lru "github.com/hashicorp/golang-lru/v2"

	"antwon.dj/backend/internal/preview"
	"antwon.dj/backend/internal/ratelimit"
)

const (
	// picturesKept bounds the memory for pictures of rooms, of about 30 KB each.
	picturesKept    = 100
	pictureLifetime = "public, max-age=300" // the room may be closed, or get another name
)

// drawingRate limits how many pictures are drawn, each of which takes about 40 ms of processor time. There is one
// picture for each room and name, so nobody needs more.
var drawingRate = ratelimit.Rate{Name: "previews", Burst: 50, PerSecond: 2, Shared: true}

// roomPictures draws a picture for each room whose link is shared, one at a time.
type roomPictures struct {
	general *asset // is served in place of a picture that is not drawn
	painter *preview.Painter
	drawn   *lru.Cache[[2]string, *asset] // by name and code
	drawing chan struct{}                 // holds a value while a picture is drawn
	rate    *ratelimit.Bucket
}

func newRoomPictures(general *asset) *roomPictures {
	drawn, err := lru.New[[2]string, *asset](picturesKept)
	if err != nil {
		panic(err) // the size is positive
	}
	return &roomPictures{
		general: general, painter: preview.NewPainter(), drawn: drawn, drawing: make(chan struct{}, 1),
		rate: ratelimit.NewBucket(drawingRate),
	}
}

// of returns the picture of a room, or the general one if it cannot be drawn or too many are drawn at present.
func (p *roomPictures) of(ctx context.Context, name, code string) *asset {
	key := [2]string{name, code}
	if picture, ok := p.drawn.Get(key); ok {
		return picture
	}
	ctx, cancel := context.WithTimeout(ctx, previewWait)
	defer cancel()
	select {
	case p.drawing <- struct{}{}:
		defer func() { <-p.drawing }()
	case <-ctx.Done():
		return p.general
	}
	if picture, ok := p.drawn.Get(key); ok { // drawn meanwhile
		return picture
	}
	if p.rate.Allow(ctx) > 0 {
		return p.general
	}
	content, err := p.painter.Draw(name, code)
	if err != nil {
		return p.general
	}
	picture := newAsset("preview.png", content)
	picture.cacheControl = pictureLifetime
	p.drawn.Add(key, picture)
	return picture
}
