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

// senders is how many occasions are announced at the same time. A push service that hangs occupies a sender for one
// attempt, and a push service that is busy occupies it for a few seconds more.
const senders = 8

// occasion is what a notice is about: the song of a member was handed over, or has begun.
type occasion struct {
	kind   kind
	roomID string
	itemID string
	until  time.Time // later a notice is of no use
}

// Announce enqueues an occasion for each song that a stored step of the player hands over or starts. It never blocks:
// if the queue is full, the occasion is dropped and counted.
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

// Run sends notices of the occasions that Announce enqueues, until ctx ends, and then of those that are left in the
// queue, for at most drainTime. It returns nil once its goroutines have ended.
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

// work announces occasions until stopping ends, and then those that are left in the queue. Notices are sent with the
// context sending.
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

// recipient is a subscription that gets the notice of an occasion, with the texts of the notice.
type recipient struct {
	Subscription
	id        string
	isRefused bool   // the push service has refused the last message
	code      string // of the room
	room      string // its name
	song      string
}

// recipientsQuery selects the subscriptions of the member who added a song, if the song is still in the announced
// state, the room is open, and neither the membership nor the session has ended.
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

// onlyWhilePlaying adds the condition that a song plays: a song that is handed over in silence begins at once.
const onlyWhilePlaying = ` AND EXISTS (SELECT 1 FROM queue_items p WHERE p.room_id = i.room_id AND p.state = 'PLAYING')`

// announce sends the notice of an occasion to all its recipients.
func (s *Sender) announce(ctx context.Context, o occasion) {
	ctx, cancel := context.WithDeadline(ctx, o.until)
	defer cancel()
	recipients, err := s.recipients(ctx, o)
	if err != nil {
		s.count(dropped)
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "could not look up the recipients of a notice", "room_id", o.roomID, "error", err)
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

// notify sends the notice of an occasion to one subscription, unless the last notice that it got was this one.
func (s *Sender) notify(ctx context.Context, o occasion, to recipient) {
	key := s.keyOf(to.PushKey)
	if key == nil { // another server may still have this key; otherwise the page subscribes again when it is opened
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

// recordOutcome updates or deletes a subscription after the outcome of a notice.
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

// notice is the content of a message, as docs/api.md describes it.
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

// maxSongBytes is how many bytes of a song's name a notice has. In JSON a byte may become six.
const maxSongBytes = 300
