package playback_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// The following methods implement playback.Rooms.

func (p *fixture) RenewNode(_ context.Context, nodeID string, life time.Duration) (int, error) {
	p.awaitResumption(nodeID)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes[nodeID] = time.Now().Add(life)
	return len(p.nodes), nil
}

func (p *fixture) RetireNode(_ context.Context, nodeID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.nodes, nodeID)
	return nil
}

func (p *fixture) OpenRooms(context.Context) ([]party.OpenRoom, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status != party.Open {
		return nil, nil
	}
	room := party.OpenRoom{ID: "room", Version: p.version}
	if p.held() {
		room.NodeID = p.lease.NodeID
	}
	return []party.OpenRoom{room}, nil
}

// awaitResumption blocks a suspended node until it resumes.
func (p *fixture) awaitResumption(nodeID string) {
	p.mu.Lock()
	suspended := p.suspendedNode == nodeID
	until := p.suspendedUntil
	p.mu.Unlock()
	if suspended {
		time.Sleep(time.Until(until))
	}
}

// held reports whether a live node holds the room's lease.
func (p *fixture) held() bool { return time.Now().Before(p.nodes[p.lease.NodeID]) }

func (p *fixture) TakeLease(_ context.Context, roomID, nodeID string) (party.Lease, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drivers++
	if p.lease.NodeID == nodeID {
		return p.lease, nil
	}
	if p.held() {
		return p.lease, party.ErrLeaseLost
	}
	p.lease.RoomID, p.lease.NodeID, p.lease.Epoch = roomID, nodeID, p.lease.Epoch+1
	inherited := p.lease
	inherited.Inherited = p.lease.Epoch > 1
	return inherited, nil
}

func (p *fixture) CountWatchers(roomID string) int { return p.hub.TopicWatcherCount(roomID) }

func (p *fixture) RecentlyPlayed(context.Context, string) (songs []party.Song, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range slices.Backward(p.items) {
		if i.State == party.Played || i.State == party.Skipped || i.State == party.NowPlaying {
			songs = append(songs, i.Song)
		}
	}
	return songs, nil
}

func (p *fixture) Declined(context.Context, string) (songs []party.Song, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range p.items {
		if i.State == party.Removed && i.IsFallback() {
			songs = append(songs, i.Song)
		}
	}
	return songs, nil
}

func (p *fixture) Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error) {
	return p.hub.Watch(ctx, roomID)
}

func (p *fixture) ApplyPlayback(
	_ context.Context, lease party.Lease, step party.PlaybackStep,
) (version int64, err error) {
	p.mu.Lock()
	lost := p.lease.NodeID != lease.NodeID || p.lease.Epoch != lease.Epoch
	p.mu.Unlock()
	if lost {
		return 0, party.ErrLeaseLost
	}
	if p.failRecording != nil {
		if err := p.failRecording(step); err != nil {
			return 0, err
		}
	}
	if step.Calls != nil {
		p.mu.Lock()
		p.lease.Calls = *step.Calls
		p.mu.Unlock()
	}
	if step.Calls = nil; step.IsEmpty() {
		return 0, nil
	}
	defer p.awaitResumption(lease.NodeID)
	if p.suspends != nil && p.suspends(step) {
		p.mu.Lock()
		p.suspendedNode, p.suspendedUntil, p.suspends = lease.NodeID, time.Now().Add(20*time.Second), nil
		p.mu.Unlock()
	}
	p.change(func() {
		if err = p.apply(step); err != nil {
			p.conflicts++
		}
		version = p.version + 1
	})
	return version, err
}

func (p *fixture) apply(step party.PlaybackStep) error {
	if p.status != party.Open {
		return &party.Error{Code: party.Conflict, Message: "closed"}
	}
	ended := party.Played
	if step.Skipped {
		ended = party.Skipped
	}
	for _, way := range []struct {
		id     string
		from   []party.QueueItemState
		to     party.QueueItemState
		commit party.CommitState
	}{
		{step.EndedItem, []party.QueueItemState{party.NowPlaying}, ended, ""},
		{step.StartedItem, []party.QueueItemState{party.Queued, party.Committed}, party.NowPlaying, ""},
		{step.CommitItem, []party.QueueItemState{party.Queued}, party.Committed, party.CommitPending},
		{step.SentItem, []party.QueueItemState{party.Committed}, party.Committed, party.CommitSent},
		{step.UnknownItem, []party.QueueItemState{party.Committed}, party.Committed, party.CommitUnknown},
		{step.ReturnedItem, []party.QueueItemState{party.Committed}, party.Queued, ""},
		{step.RefusedItem, []party.QueueItemState{party.Committed}, party.Skipped, ""},
	} {
		if way.id == "" {
			continue
		}
		i := p.item(way.id)
		if !slices.Contains(way.from, i.State) {
			return &party.Error{Code: party.Conflict, Message: fmt.Sprintf("%s is %s", i.ID, i.State)}
		}
		i.State, i.Commit = way.to, way.commit
		if way.id == step.CommitItem {
			i.CommittedAt, i.Via = time.Now(), step.CommitVia
		}
	}
	p.hasPlayed = p.hasPlayed || step.StartedItem != ""
	p.playlist = cmp.Or(step.PlaylistURI, p.playlist)
	if i := p.item(step.StartedItem); i != nil && i.IsUnlikedFallback() {
		p.unasked++
	} else if i != nil {
		p.unasked = 0
	}
	for _, s := range step.Fallback {
		if i := p.item("item " + s.URI); i != nil && i.State == party.AwaitingApproval { // as the real one does
			continue
		}
		p.items = append(p.items, party.QueueItem{ID: "item " + s.URI, Song: s, State: party.Queued, Age: p.version})
	}
	if a := step.Answered; a != nil {
		p.answers = append(p.answers, *a)
		p.commands = slices.DeleteFunc(p.commands, func(w party.HostCommand) bool { return w.ID == a.CommandID })
	}
	if step.Playback != nil {
		version := p.playback.Version
		p.playback = *step.Playback
		p.playback.Version = version + 1
	}
	p.checkOne(party.Committed)
	p.checkOne(party.NowPlaying)
	return nil
}

// checkOne fails the test if several items are in a state in which only one may be.
func (p *fixture) checkOne(state party.QueueItemState) {
	var found []string
	for _, i := range p.items {
		if i.State == state {
			found = append(found, i.ID)
		}
	}
	if len(found) > 1 {
		p.t.Errorf("at %v, several items are in one state: %v are %s", time.Now(), found, state)
	}
}
