//go:build linux

package attack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// kind is a way to attack.
type kind struct {
	name   string
	attack func(ctx context.Context, attackers []*client, r *room, got *tally)
}

var kinds = []kind{
	{"nothing", func(ctx context.Context, _ []*client, _ *room, _ *tally) { <-ctx.Done() }},
	{"500 songs × 28 aliases", posting(func(r *room, _ int) []byte {
		return body(inRoom(r, `queue{items{`+each(28, `a%d:song{uri name artists artistUris albumName imageUrl durationMs `+
			`explicit spotifyUrl}`)+`}}`))
	})},
	{"the whole queue", posting(func(r *room, _ int) []byte {
		return body(inRoom(r, `queue{items{`+itemFields+`}}`))
	})},
	{"deep fragments", posting(func(r *room, n int) []byte {
		return body(inRoom(r, each(12, `...F%d`)) + each(12, `fragment F%d on Room{...G%[1]d} `+
			`fragment G%[1]d on Room{queue{items{a%[1]d:song{uri name artists albumName} ...H}}}`) +
			fmt.Sprintf(`fragment H on QueueItem{addedBy{n%d:displayName user{kind}} pin{until} refusal{message}}`, n))
	})},
	{"many rooms at once", posting(func(r *room, _ int) []byte {
		return body(`{` + each(20, `r%d:room(id:"`+r.ID+`"){queue{items{id likeCount song{name artists imageUrl}}}}`) + `}`)
	})},
	{"history pages", posting(func(r *room, _ int) []byte {
		return body(inRoom(r, each(28, `h%d:history(first:100){totalCount nodes{startedAt item{`+shortItem+`}}}`)))
	})},
	{"all lists", posting(func(r *room, _ int) []byte {
		return body(inRoom(r, `queue{items{`+itemFields+`}} history(first:100){nodes{item{`+itemFields+`}}} `+
			`recap{songsPlayed{`+itemFields+`}} lastAdded{`+itemFields+`} playback{item{`+itemFields+`}}`))
	})},
	{"many operations on one socket", onSockets(func(r *room, _ int) []byte {
		return body(inRoom(r, `queue{items{`+itemFields+`}}`))
	}, false)},
	{"subscribing and unsubscribing", onSockets(func(r *room, n int) []byte {
		return body(fmt.Sprintf(`subscription{roomQueue(roomId:%q){items{x%d:id likedByViewer %s}}}`, r.ID, n, itemFields))
	}, true)},
	{"subscriptions, and likes", likingWithSubscriptions},
	{"large variables", posting(func(*room, int) []byte { return largeVariables })},
	{"invalid documents", posting(func(_ *room, n int) []byte {
		return fmt.Appendf(nil, `{"query":"{n%d:room(id:1){`+unknownFields+`}}"}`, n)
	})},
	{"unknown persisted queries", posting(func(*room, int) []byte {
		return fmt.Appendf(nil, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"%064x"}}}`, []byte(rand.Text()))
	})},
}

var (
	unknownFields  = each(900, `field%d`)
	largeVariables = []byte(`{"query":"query($x:String!){roomByCode(code:$x){id}}","variables":{"x":"` +
		strings.Repeat("x", 250_000) + `"}}`)
)

const (
	shortItem  = `id likeCount song{uri name artists}`
	itemFields = `id likeCount state position addedAt addedBy{id displayName user{id kind}} pin{until likes} ` +
		`refusal{reason message} song{uri name artists artistUris albumName imageUrl durationMs explicit spotifyUrl}`
)

func inRoom(r *room, selection string) string {
	return `{room(id:"` + r.ID + `"){` + selection + `}}`
}

// each returns a text n times, with the numbers from 0.
func each(n int, format string) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, format+" ", i)
	}
	return all.String()
}

// lanes returns how many requests each attacker sends at once. A single attacker sends more than each of several.
func lanes(attackers int) int {
	if attackers == 1 {
		return 16
	}
	return 4
}

// inLanes calls work again and again, in several goroutines for each attacker, until ctx ends. Work gets a number that
// no other call gets, and reports whether it was answered.
func inLanes(ctx context.Context, attackers []*client, work func(c *client, n int) bool) {
	var all sync.WaitGroup
	for i, c := range attackers {
		for lane := range lanes(len(attackers)) {
			all.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					if !work(c, n<<16|i<<8|lane) {
						time.Sleep(refusedPause)
					}
				}
			})
		}
	}
	all.Wait()
}

// posting sends requests over HTTP.
func posting(request func(r *room, n int) []byte) func(context.Context, []*client, *room, *tally) {
	return func(ctx context.Context, attackers []*client, r *room, got *tally) {
		inLanes(ctx, attackers, func(c *client, n int) bool {
			text, err := c.post(ctx, request(r, n))
			return ctx.Err() != nil || got.count(text, err)
		})
	}
}

// onSockets starts operations on a WebSocket of each attacker as fast as they are answered, up to fifty at once. It
// completes each after its first response.
func onSockets(request func(r *room, n int) []byte, completes bool) func(context.Context, []*client, *room, *tally) {
	return func(ctx context.Context, attackers []*client, r *room, got *tally) {
		var all sync.WaitGroup
		for i, c := range attackers {
			all.Go(func() {
				for n := i << 24; ctx.Err() == nil; n += 1 << 16 {
					socketAttack(ctx, c, n, got, completes, func(n int) []byte { return request(r, n) })
					time.Sleep(refusedPause) // the server has closed the socket
				}
			})
		}
		all.Wait()
	}
}

func socketAttack(ctx context.Context, c *client, n int, got *tally, completes bool, request func(n int) []byte) {
	socket, err := c.connect(ctx)
	if err != nil {
		got.count(nil, err)
		return
	}
	defer socket.Close()
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	for range 50 {
		n++
		if start(socket, n, request(n)) != nil {
			return
		}
	}
	for {
		_, text, err := socket.ReadMessage()
		if err != nil {
			return
		}
		var message struct{ ID, Type string }
		if json.Unmarshal(text, &message) != nil || message.Type == "complete" || message.Type == "ping" {
			continue
		}
		if !got.count(text, nil) {
			time.Sleep(refusedPause)
		}
		if completes && message.Type == "next" {
			_ = socket.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"id":%q,"type":"complete"}`, message.ID))
		}
		n++
		if start(socket, n, request(n)) != nil {
			return
		}
	}
}

// likingWithSubscriptions has each attacker open fifty subscriptions that nobody else has, and change the queue by
// liking songs. Each answer is an event.
func likingWithSubscriptions(ctx context.Context, attackers []*client, r *room, got *tally) {
	var all sync.WaitGroup
	for i, c := range attackers {
		all.Go(func() { subscribe(ctx, c, r, i, got) })
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_, _ = c.post(ctx, body(`mutation{`+[]string{"likeQueueItem", "unlikeQueueItem"}[n%2]+
					`(itemId:"`+r.items[n/2%len(r.items)]+`"){id}}`))
				time.Sleep(200 * time.Millisecond)
			}
		})
	}
	all.Wait()
}

func subscribe(ctx context.Context, c *client, r *room, attacker int, got *tally) {
	socket, err := c.connect(ctx)
	if err != nil {
		got.count(nil, err)
		return
	}
	defer socket.Close()
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	for n := range 50 {
		request := fmt.Sprintf(`subscription{roomQueue(roomId:%q){items{x%d:id %s}}}`, r.ID, attacker<<8|n, itemFields)
		if start(socket, n, body(request)) != nil {
			return
		}
	}
	for {
		_, text, err := socket.ReadMessage()
		if err != nil {
			return
		}
		got.count(text, nil)
	}
}
