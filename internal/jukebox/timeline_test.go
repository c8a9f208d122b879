package jukebox_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/timeline"
)

// lose takes the room back to a version, as restoring a backup does, with the songs that were in the queue then.
func (p *fixture) lose(after int64) {
	p.Helper()
	p.must(jukebox.Exec(p.Context(), p.store, "DELETE FROM queue_items WHERE version > ?", after))
	p.must(jukebox.Exec(p.Context(), p.store, "UPDATE rooms SET version = ?", after))
}

// loseRoom changes a room after a backup, and then restores the backup. It returns the last state that was lost, and
// the beat at which the backup was made.
func (p *fixture) loseRoom() (lost *party.State, beats int) {
	p.Helper()
	p.must(p.Timeline().Check(p.Context()))
	p.add(p.host, 1)
	backup := p.version()
	beats, err := jukebox.Count(p.Context(), p.store, "SELECT beat FROM timelines")
	p.must(err)
	for n := range 3 {
		p.add(p.host, 2+n)
	}
	lost, err = p.LoadState(p.Context(), p.room.ID, nil)
	p.must(err)
	p.must(p.Timeline().Check(p.Context()))
	p.lose(backup)
	return lost, beats
}

func (p *fixture) setBeats(beats int) {
	p.Helper()
	p.must(jukebox.Exec(p.Context(), p.store, "UPDATE timelines SET beat = ?", beats))
}

// expectWholeRoom fails unless a server and a client that have the lost state get the whole queue.
func (p *fixture) expectWholeRoom(lost *party.State, queue string) {
	p.Helper()
	p.expect("the queue", p.queue(), queue)
	now, err := p.LoadState(p.Context(), p.room.ID, lost)
	p.must(err)
	if now.Version <= lost.Version {
		p.Errorf("the room is at version %d, want more than the lost %d", now.Version, lost.Version)
	}
	whole, err := p.LoadState(p.Context(), p.room.ID, nil)
	p.must(err)
	if len(now.Queue) != len(whole.Queue) {
		p.Errorf("a server that had the lost state has %d songs in the queue, want %d", len(now.Queue), len(whole.Queue))
	}
	for since := max(0, lost.Version-10); since <= lost.Version; since++ {
		if change := now.QueueChange(&since); !change.Reset {
			p.Errorf("a client with version %d gets a difference, want the whole queue", since)
		}
	}
	if now.RoomVersion <= lost.RoomVersion || now.PlaybackVersion <= lost.PlaybackVersion {
		p.Error("the room or the playback has a version that clients have seen")
	}
}

func TestServerNoticesThatTheBeatWentBack(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		lost, beats := p.loseRoom()
		p.setBeats(beats)
		for n := range 5 {
			p.add(p.host, 10+n) // the room passes the version that clients know
		}
		p.must(p.Timeline().Check(p.Context()))
		p.expectWholeRoom(lost, "1 10 11 12 13 14")
		before := p.version()
		p.must(p.Timeline().Check(p.Context()))
		if p.version() != before {
			p.Error("the next check raised the version again")
		}
	})
}

// If another server has noticed the restore already, this one does nothing.
func TestOnlyOneServerBeginsTheTimeline(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		other := p.replica(p.bus)
		p.must(other.Timeline().Check(p.Context()))
		lost, beats := p.loseRoom()
		p.must(other.Timeline().Check(p.Context()))
		p.setBeats(beats)
		p.must(p.Timeline().Check(p.Context()))
		before := p.version()
		p.must(other.Timeline().Check(p.Context()))
		if p.version() != before {
			p.Error("the other server raised the version again")
		}
		p.expectWholeRoom(lost, "1")
	})
}

func TestDatabaseThatNobodyUsedMayBeABackup(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		lost, _ := p.loseRoom()
		started := p.replica(p.bus)
		p.must(started.Timeline().Check(p.Context())) // the last beat was a moment ago
		if p.version() > lost.Version {
			p.Error("a server that starts while others run began a new timeline")
		}
		long := time.Now().UTC().Add(-time.Hour)
		p.must(jukebox.Exec(p.Context(), p.store, "UPDATE timelines SET beat_at = ?", long))
		p.must(p.replica(p.bus).Timeline().Check(p.Context()))
		p.expectWholeRoom(lost, "1")
	})
}

func TestCommandBeginsATimeline(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		lost, _ := p.loseRoom()
		p.must(timeline.Begin(p.Context(), p.store))
		p.expectWholeRoom(lost, "1")
	})
}

// The same backup is restored a second time. The changes in between are lost, too, and had versions that must not be
// used again.
func TestSecondRestoreIsAboveTheFirst(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.must(p.Timeline().Check(p.Context()))
		backup, beatAt := p.version(), time.Now().UTC().Add(-time.Hour)
		restore := func(beatAt time.Time) {
			p.lose(backup)
			p.must(jukebox.Exec(p.Context(), p.store, "UPDATE timelines SET number = 1, beat = 1, beat_at = ?", beatAt))
			p.must(timeline.Begin(p.Context(), p.store))
		}
		restore(beatAt)
		for n := range 3 {
			p.add(p.host, 5+n)
		}
		lost, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		restore(beatAt.Add(-time.Second)) // a second later
		p.expectWholeRoom(lost, "")
	})
}
