package graph_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// shownQueue is a subscription of the whole queue, and the query that shows the same.
type shownQueue struct {
	*feed
	query string
}

func (p *fixture) showQueue(selection, fragments string) *shownQueue {
	p.Helper()
	text := "subscription($r: ID!) { roomQueue(roomId: $r) " + selection + " }" + fragments
	opened, err := p.first.subscribe(p.host, text, map[string]any{"r": p.roomID})
	p.must(err)
	p.Cleanup(func() { opened.Close() })
	return &shownQueue{opened, "query($r: ID!) { room(id: $r) { queue " + selection + " } }" + fragments}
}

// check reads events until there is one of the version that a query shows, which has to have the same bytes.
func (q *shownQueue) check(p *fixture) {
	p.Helper()
	var queried struct {
		Room struct{ Queue json.RawMessage }
	}
	p.first.ask(p.host, q.query, &queried)
	var newest struct{ Version int64 }
	p.must(json.Unmarshal(queried.Room.Queue, &newest))
	for {
		var event struct{ RoomQueue json.RawMessage }
		p.must(q.next(&event))
		var got struct{ Version int64 }
		p.must(json.Unmarshal(event.RoomQueue, &got))
		if got.Version < newest.Version {
			continue
		}
		if got, want := string(event.RoomQueue), string(queried.Room.Queue); got != want {
			p.Fatalf("%s\nsubscribers got\n%s\nwant\n%s", q.query, got, want)
		}
		return
	}
}

// A stream executes only those items of a queue that are new. Whatever is selected and whatever changes, the bytes are
// those of a query, which executes all items.
func TestQueueOfWhichOnlyNewItemsAreExecutedIsThatOfAQuery(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	const fragments = " fragment Likes on QueueItem { likeCount position @include(if: true) song { artists name } }"
	shown := []*shownQueue{
		p.showQueue(everything(schema, "RoomQueue", nil), ""),
		p.showQueue("{ version items { place: position ...on Node { id } position ...Likes ...Likes } id }", fragments),
		p.showQueue("{ ...on RoomQueue { all: items { song { position: name } likeCount first: position } } version }", ""),
		p.showQueue("{ version items { position } items { state pin { until } addedBy { displayName } } }", ""),
		p.showQueue("{ version one: items { position id } two: items { likeCount } }", ""),
		p.showQueue("{ items @skip(if: true) { id } version }", ""),
		p.showQueue("{ version items { id @include(if: false) refusal { reason } likedByViewer } }", ""),
	}
	guests := []*person{p.host, p.join("A"), p.join("B")}
	version := func() int64 {
		state, err := p.first.jukebox.Room(p.host.ctx, p.roomID)
		p.must(err)
		queue, err := p.first.jukebox.Queue(p.host.ctx, state)
		p.must(err)
		return queue.Version
	}
	before := int64(-1)
	for range 150 {
		if now := version(); now > before {
			for _, queue := range shown {
				queue.check(p)
			}
			before = now
		}
		if random.IntN(6) > 0 {
			p.randomChange(random, guests[random.IntN(len(guests))])
		} else {
			p.change(p.changeRules(random))
		}
	}
}

// changeRules changes what holds or moves many songs at once.
func (p *fixture) changeRules(random *rand.Rand) error {
	j, queue := p.first.jukebox, p.queue()
	if len(queue) == 0 {
		return nil
	}
	var settings party.SettingsChange
	item := queue[random.IntN(len(queue))]
	switch random.IntN(5) {
	case 0:
		_, err := j.PinItem(p.host.ctx, item.ID, 1+random.IntN(len(queue)), party.UntilPlayed, nil)
		return err
	case 1:
		_, err := j.UnpinItem(p.host.ctx, item.ID)
		return err
	case 2:
		settings.OrderMode = &[]party.OrderMode{party.OrderLikes, party.OrderFair, party.OrderTurns}[random.IntN(3)]
	case 3:
		settings.MaxSongSeconds = &[]int{60, 600}[random.IntN(2)] // songs take 180
	default:
		settings.Blocked = []string{item.Song.URI}
	}
	_, err := j.UpdateRoom(p.host.ctx, p.roomID, jukebox.RoomUpdate{Settings: &settings}, nil)
	return err
}
