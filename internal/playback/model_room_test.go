package playback

import (
	"fmt"
	"slices"

	"antwon.dj/backend/internal/party"
)

func modelItem(name string) *party.QueueItem {
	i := item(name, party.Queued)
	i.Song = songNamed(name)
	return i
}

// modelRoom is what the database stores of a room. States are never changed: each step makes a new one.
type modelRoom struct {
	state *party.State
	ended string // what has ended, in this order: "a played, b skipped, "
}

// changed returns a copy of the room's state that may be changed, and makes it the present one.
func (r *modelRoom) changed() *party.State {
	next := *r.state
	next.Queue = slices.Clone(next.Queue)
	next.PendingCommands = slices.Clone(next.PendingCommands)
	r.state = &next
	return r.state
}

func (r *modelRoom) add(name string) {
	next := r.changed()
	next.Queue = append(next.Queue, modelItem(name))
}

// record stores a step. It returns an error if the step does not fit.
func (r *modelRoom) record(step party.PlaybackStep, w *model) error {
	if step.IsEmpty() {
		return nil
	}
	next := r.changed()
	if step.EndedItem != "" {
		if next.NowPlaying == nil || next.NowPlaying.ID != step.EndedItem {
			return fmt.Errorf("ends %s, which does not play", step.EndedItem)
		}
		next.NowPlaying = nil
		how := " played, "
		if step.Skipped {
			how = " skipped, "
		}
		r.ended += step.EndedItem[len("item-"):] + how
	}
	if step.CommitItem != "" && next.Committed() != nil {
		return fmt.Errorf("commits %s although another song is committed", step.CommitItem)
	}
	for _, change := range []struct {
		itemID string
		to     party.QueueItemState
		commit party.CommitState
	}{
		{step.StartedItem, party.NowPlaying, ""},
		{step.CommitItem, party.Committed, party.CommitPending},
		{step.SentItem, party.Committed, party.CommitSent},
		{step.UnknownItem, party.Committed, party.CommitUnknown},
		{step.ReturnedItem, party.Queued, ""},
		{step.RefusedItem, party.Skipped, ""},
	} {
		if change.itemID == "" {
			continue
		}
		i := slices.IndexFunc(next.Queue, func(i *party.QueueItem) bool { return i.ID == change.itemID })
		if i < 0 {
			return fmt.Errorf("changes %s, which does not wait", change.itemID)
		}
		changed := *next.Queue[i]
		changed.State, changed.Commit = change.to, change.commit
		if change.itemID == step.CommitItem {
			changed.CommittedAt, changed.Via = w.now, step.CommitVia
		}
		moveItem(next, i, &changed)
	}
	return r.recordRest(next, step)
}

// moveItem moves an item of the queue to where its new state belongs.
func moveItem(next *party.State, i int, changed *party.QueueItem) {
	next.Queue = slices.Delete(next.Queue, i, i+1)
	switch changed.State {
	case party.NowPlaying:
		next.NowPlaying, next.HasPlayed = changed, true
	case party.Committed:
		next.Queue = slices.Insert(next.Queue, 0, changed)
	case party.Queued:
		next.Queue = slices.Insert(next.Queue, min(i, len(next.Queue)), changed)
	}
}

// recordRest stores the parts of a step that change no item.
func (r *modelRoom) recordRest(next *party.State, step party.PlaybackStep) error {
	if step.PlaylistURI != "" {
		next.PlaylistURI = step.PlaylistURI
	}
	if step.Playback != nil {
		next.Playback = *step.Playback
	}
	if step.Answered != nil {
		next.PendingCommands = slices.DeleteFunc(next.PendingCommands, func(c party.HostCommand) bool {
			return c.ID == step.Answered.CommandID
		})
	}
	return nil
}
