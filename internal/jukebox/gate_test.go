package jukebox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// useCases is every use case in a room, by the action that its gate asks for. Each is tried by somebody, on a room of their
// own with a song in it that somebody else has added.
var useCases = map[party.Action]map[string]func(p *fixture, who context.Context, item *party.QueueItem) error{
	party.ActView: {
		"queue": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).Queue)
		},
		"playback": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).RoomPlayback)
		},
		"host": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).RoomHost)
		},
		"history": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.inRoom(who, func(r *party.Room) error { _, _, err := p.History(who, r, 1, nil); return err })
		},
		"settings": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.inRoom(who, func(r *party.Room) error { return second(r.Settings()) })
		},
		"follow": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.AuthorizeSubscription(who, p.room.ID))
		},
	},
	party.ActSearch: {"search": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.SearchSongs(who, p.room.ID, "x", 1, 0))
	}},
	party.ActAdd: {"add": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.AddSong(who, p.room.ID, uri(2), nil))
	}},
	party.ActLike: {
		"like": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.LikeQueueItem(who, item.ID, nil))
		},
		"unlike": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.UnlikeQueueItem(who, item.ID, nil))
		},
	},
	party.ActRemoveOwn: {"remove own": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		added, err := p.AddSong(who, p.room.ID, uri(3), nil)
		if err != nil {
			return err
		}
		return second(p.RemoveQueueItem(who, added.Item.ID, nil))
	}},
	party.ActRemoveAny: {"remove another's": func(p *fixture, who context.Context, item *party.QueueItem) error {
		return second(p.RemoveQueueItem(who, item.ID, nil))
	}},
	party.ActClear: {"clear": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.ClearQueue(who, p.room.ID, nil))
	}},
	party.ActUpdateRoom: {"update": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.UpdateRoom(who, p.room.ID, jukebox.RoomUpdate{Name: pointer("New")}, nil))
	}},
	party.ActControlPlayer: {
		"skip":     commanded(func(p *fixture, who context.Context) error { return second(p.SkipSong(who, p.room.ID, nil)) }),
		"pause":    commanded(func(p *fixture, who context.Context) error { return second(p.PausePlayback(who, p.room.ID)) }),
		"resume":   commanded(func(p *fixture, who context.Context) error { return second(p.ResumePlayback(who, p.room.ID)) }),
		"transfer": commanded(func(p *fixture, who context.Context) error { return second(p.TransferPlayback(who, p.room.ID, "x")) }),
	},
	party.ActListDevices: {"devices": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error { return second(p.Devices(who, r)) })
	}},
	party.ActListMembers: {"members": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error { _, _, err := p.Members(who, r, 10, nil); return err })
	}},
	party.ActRemoveGuest: {"remove a guest": func(p *fixture, who context.Context, item *party.QueueItem) error {
		return second(p.RemoveGuest(who, p.room.ID, item.AddedBy.ID, false))
	}},
	party.ActSetRole: {
		"set role": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.SetRole(who, p.room.ID, item.AddedBy.ID, party.RoleCohost))
		},
		"remove a co-host": func(p *fixture, who context.Context, item *party.QueueItem) error {
			_, err := p.SetRole(p.host, p.room.ID, item.AddedBy.ID, party.RoleCohost)
			p.must(err)
			return second(p.RemoveGuest(who, p.room.ID, item.AddedBy.ID, true))
		},
	},
	party.ActVote: {"vote to skip": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		p.play(2)
		if p.mayCommand(who) {
			return commanded(func(p *fixture, who context.Context) error { return second(p.VoteToSkip(who, p.room.ID, nil)) })(p, who, nil)
		}
		return ignore(party.Refused, second(p.VoteToSkip(who, p.room.ID, nil))) // it has only just begun
	}},
	party.ActUndo: {"undo": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return ignore(party.Conflict, second(p.Undo(who, p.room.ID, nil))) // they did nothing yet
	}},
	party.ActRecap: {"recap": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error { return second(p.Recap(who, r)) })
	}},
	party.ActApprove: {"approve": func(p *fixture, who context.Context, item *party.QueueItem) error {
		return second(p.ApproveItem(who, item.ID))
	}},
	party.ActPin: {
		"pin": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.PinItem(who, item.ID, 1, party.UntilPlayed, nil))
		},
		"unpin": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.UnpinItem(who, item.ID))
		},
	},
	party.ActViewLog: {"log": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error { _, _, err := p.Log(who, r, 10, nil, true); return err })
	}},
	party.ActExport: {"export": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return ignore(party.Conflict, second(p.ExportHistory(who, p.room.ID))) // nothing was played yet
	}},
	party.ActClose: {"close": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.CloseRoom(who, p.room.ID, nil))
	}},
}

// ignore makes no failure of one that tells only that the gate was passed.
func ignore(code party.Code, err error) error {
	if err != nil && party.CodeOf(err) == code {
		return nil
	}
	return err
}

// mayCommand says whether somebody is a host here.
func (p *fixture) mayCommand(who context.Context) bool {
	return p.seen(who, (*jukebox.Jukebox).RoomPlayback) == nil && p.inRoom(who, func(r *party.Room) error {
		_, _, err := p.Members(who, r, 1, nil)
		return err
	}) == nil
}

// play lets a song of the host's play.
func (p *fixture) play(n int) *party.QueueItem {
	p.Helper()
	item := p.add(p.host, n)
	p.step(party.PlaybackStep{CommitItem: item.ID})
	p.step(party.PlaybackStep{StartedItem: item.ID, Playback: &party.Playback{
		Status: party.Playing, Item: item, Song: &item.Song, ProgressMS: pointer(0), ObservedAt: time.Now(), Health: party.HealthOK,
	}})
	return item
}

// commanded answers a command that was let in.
func commanded(ask func(p *fixture, who context.Context) error) func(*fixture, context.Context, *party.QueueItem) error {
	return func(p *fixture, who context.Context, _ *party.QueueItem) error {
		answered := make(chan error, 1)
		before := p.version()
		go func() { answered <- ask(p, who) }()
		var refused error
		p.eventually(func() bool {
			select {
			case refused = <-answered:
				return true
			default:
				return p.version() > before
			}
		})
		if refused != nil {
			return refused
		}
		p.obey(party.Answer{})
		return <-answered
	}
}

func (p *fixture) inRoom(who context.Context, fn func(*party.Room) error) error {
	room, err := p.Room(who, p.room.ID)
	p.must(err)
	return fn(room)
}

func (p *fixture) seen(who context.Context, ask any) error {
	return p.inRoom(who, func(r *party.Room) error {
		switch ask := ask.(type) {
		case func(*jukebox.Jukebox, context.Context, *party.Room) (*party.RoomQueue, error):
			return second(ask(p.Jukebox, who, r))
		case func(*jukebox.Jukebox, context.Context, *party.Room) (*party.Playback, error):
			return second(ask(p.Jukebox, who, r))
		case func(*jukebox.Jukebox, context.Context, *party.Room) (*party.User, error):
			return second(ask(p.Jukebox, who, r))
		}
		panic(fmt.Sprintf("%T", ask))
	})
}

func (p *fixture) id(who context.Context) string {
	p.Helper()
	viewer, err := account.ViewerFrom(who)
	p.must(err)
	return viewer.UserID
}

// Every use case is tried by everybody, and the table of permissions says who may.
func TestWhoMayDoWhat(t *testing.T) {
	if missing := slices.DeleteFunc(party.Actions(), func(a party.Action) bool { return len(useCases[a]) > 0 }); len(missing) > 0 {
		t.Fatalf("nobody tries %v", missing)
	}
	onBothDatabases(t, func(p *fixture) {
		first := p.room
		codes := 0
		for action, cases := range useCases {
			for name, try := range cases {
				for _, role := range []string{"HOST", "COHOST", "GUEST", "SCREEN", "REMOVED", "BANNED", "another room's host", "nobody"} {
					codes++
					q := *p
					q.host = p.newHost("Hanna")
					q.room = p.openRoom(q.host, fmt.Sprintf("ROOM-%d", codes))
					who := q.castOf(role)
					item := q.add(q.join("Adam"), 1)
					err := try(&q, who, item)
					want := party.Forbidden
					switch {
					case slices.Contains(action.Roles(), party.Role(role)):
						want = ""
					case role == "nobody" && action != party.ActView:
						want = party.Unauthenticated
					}
					if got := codeOf(err); got != want && !(role == "nobody" && got == party.Unauthenticated) {
						t.Errorf("%s by %s: %q (%v), want %q", name, role, got, err, want)
					}
				}
			}
		}
		p.room = first
	})
}

func codeOf(err error) party.Code {
	if err == nil {
		return ""
	}
	return party.CodeOf(err)
}

// castOf makes one of the cast.
func (p *fixture) castOf(role string) context.Context {
	p.Helper()
	switch role {
	case "HOST":
		return p.host
	case "SCREEN":
		screen, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		return p.as(&screen.Session)
	case "another room's host":
		other := p.newHost("Otto")
		p.openRoom(other, p.room.Code+"-X")
		return other
	case "nobody":
		return p.Context()
	}
	who := p.join("Gina")
	var err error
	switch role {
	case "COHOST":
		_, err = p.SetRole(p.host, p.room.ID, p.id(who), party.RoleCohost)
	case "REMOVED", "BANNED":
		_, err = p.RemoveGuest(p.host, p.room.ID, p.id(who), role == "BANNED")
	}
	p.must(err)
	return who
}
