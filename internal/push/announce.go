package push

import (
	"cmp"
	"context"
	"encoding/json"
	"sync"
	"time"

	"antwon.dj/backend/internal/party"
)

// kind says what a notice is about.
type kind string

const (
	songIsNext kind = "NEXT"    // the song was handed to the player, while another one plays
	songPlays  kind = "PLAYING" // it has begun
)

// fresh is how long after its occasion a notice is of use. Songs are handed over 15 to 45 seconds before they begin,
// and a song that plays must not be announced as the next one.
var fresh = map[kind]time.Duration{songIsNext: 12 * time.Second, songPlays: time.Minute}

// senders is how many occasions are announced at the same time. A push service that hangs keeps one of them for an
// attempt, and one that is busy for a few seconds more.
const senders = 8

// occasion is something to tell the member who added a song.
type occasion struct {
	kind   kind
	roomID string
	itemID string
	until  time.Time // nobody needs to be told later
}

// Announce enqueues notices for the members whose songs a stored step of the player hands over or starts. It never
// blocks.
func (s *Sender) Announce(roomID string, step party.PlaybackStep) {
	for kind, itemID := range map[kind]string{songIsNext: step.CommitItem, songPlays: step.StartedItem} {
		if itemID == "" || len(s.keys) == 0 {
			continue
		}
		select {
		case s.queue <- occasion{kind, roomID, itemID, time.Now().Add(fresh[kind])}:
		default:
			s.count(dropped)
		}
	}
}

// Run sends what Announce has enqueued until ctx ends, and then what still waits, for at most drainTime. It returns nil
// once its goroutines have ended.
func (s *Sender) Run(ctx context.Context, drainTime time.Duration) error {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	for range senders {
		running.Go(func() { s.work(ctx, sending) })
	}
	<-ctx.Done()
	defer time.AfterFunc(drainTime, stop).Stop()
	running.Wait()
	return nil
}

// work announces occasions until told to stop, and then those that are left.
func (s *Sender) work(stopping, sending context.Context) {
	for {
		select {
		case o := <-s.queue:
			s.announce(sending, o)
			continue
		case <-stopping.Done():
		}
		select {
		case o := <-s.queue:
			s.announce(sending, o)
		default:
			return
		}
	}
}

// recipient is a subscription that may be told of an occasion, with what its notice says.
type recipient struct {
	Subscription
	id        string
	isRefused bool   // the push service has refused the last message
	code      string // of the room
	room      string // its name
	song      string
}

// recipientsQuery returns the subscriptions of the member who added a song, if the song still is what it was announced
// to be, the room is open, and neither the membership nor the session has ended.
const recipientsQuery = `SELECT s.id, s.endpoint, s.p256dh, s.auth, s.push_key, s.language,
 s.refused_since IS NOT NULL, r.code, r.name, g.name
FROM queue_items i
JOIN push_subscriptions s ON s.room_id = i.room_id AND s.user_id = i.added_by_id
JOIN memberships m ON m.room_id = i.room_id AND m.user_id = i.added_by_id
JOIN rooms r ON r.id = i.room_id
JOIN songs g ON g.id = i.song_id
WHERE i.id = ? AND i.state = ? AND i.skip_on_start = FALSE AND r.status = 'OPEN'
AND m.role IN ('HOST', 'COHOST', 'GUEST')
AND EXISTS (SELECT 1 FROM sessions x WHERE x.family = s.session_id AND x.expires_at > ?)`

// onlyWhilePlaying adds that something plays: a song that is handed over in silence begins at once.
const onlyWhilePlaying = ` AND EXISTS (SELECT 1 FROM queue_items p WHERE p.room_id = i.room_id AND p.state = 'PLAYING')`

// announce tells all subscriptions that are to be told of an occasion.
func (s *Sender) announce(ctx context.Context, o occasion) {
	ctx, cancel := context.WithDeadline(ctx, o.until)
	defer cancel()
	recipients, err := s.recipients(ctx, o)
	if err != nil {
		s.count(dropped)
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "could not look up who is told of a song", "room_id", o.roomID, "error", err)
		}
		return
	}
	var sending sync.WaitGroup
	for _, to := range recipients { // at most maxPerMember
		sending.Go(func() { s.notify(ctx, o, to) })
	}
	sending.Wait()
}

func (s *Sender) recipients(ctx context.Context, o occasion) (found []recipient, err error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	query, state := recipientsQuery+onlyWhilePlaying, party.Committed
	if o.kind == songPlays {
		query, state = recipientsQuery, party.NowPlaying
	}
	rows, err := s.db.SQL.QueryContext(ctx, query, o.itemID, string(state), now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r recipient
		if err := rows.Scan(
			&r.id, &r.Endpoint, &r.P256dh, &r.Auth, &r.PushKey, &r.Language, &r.isRefused, &r.code, &r.room, &r.song,
		); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, rows.Err()
}

// notify sends the notice of an occasion to one subscription, unless that was its last notice.
func (s *Sender) notify(ctx context.Context, o occasion, to recipient) {
	key := s.keyOf(to.PushKey)
	if key == nil { // another server may still know the secret of its key; else the page subscribes again when opened
		s.count(dropped)
		return
	}
	claimed, err := s.claim(ctx, to.id, string(o.kind)+" "+o.itemID)
	if err != nil {
		s.count(dropped)
		s.logFailure(ctx, "claim", to, err)
		return
	}
	if !claimed {
		return
	}
	result := s.deliver(ctx, *key, to.Subscription, noticeOf(o, to), o.until)
	s.count(result)
	s.recordOutcome(context.WithoutCancel(ctx), result, to)
}

// recordOutcome stores what the outcome of a notice says about a subscription.
func (s *Sender) recordOutcome(ctx context.Context, result outcome, to recipient) {
	switch {
	case result == gone:
		s.logFailure(ctx, "delete", to, s.forget(ctx, to.id))
	case result == refused:
		s.logFailure(ctx, "store the refusal of", to, s.recordRefusal(ctx, to.id))
	case result == sent && to.isRefused:
		s.logFailure(ctx, "clear the refusal of", to, s.clearRefusal(ctx, to.id))
	}
}

func (s *Sender) logFailure(ctx context.Context, what string, to recipient, err error) {
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "could not "+what+" a push subscription", "host", hostOf(to.Endpoint), "error", err)
	}
}

// notice is what a message says, as docs/api.md describes it.
type notice struct {
	Kind     kind   `json:"kind"`
	Code     string `json:"code"`
	Room     string `json:"room"`
	Song     string `json:"song"`
	Language string `json:"language"`
}

// noticeOf returns the message for a recipient, as JSON. Names are cut, so that it fits into one message.
func noticeOf(o occasion, to recipient) []byte {
	text, err := json.Marshal(notice{
		Kind: o.kind, Code: to.code, Room: cmp.Or(to.room, to.code), Song: party.Truncate(to.song, maxSongBytes),
		Language: to.Language,
	})
	if err != nil {
		panic(err) // strings are always encoded
	}
	return text
}

// maxSongBytes is how much of a song's name a notice has: JSON may make six bytes of one.
const maxSongBytes = 300
