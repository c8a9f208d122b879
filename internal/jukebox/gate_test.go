package jukebox_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
)

// useCases is every use case in a room, by the action that its gate asks for. Each is tried by somebody, on a room of their
// own with a song in it that somebody else has added.
var useCases = map[jukebox.Action]map[string]func(p *party, who context.Context, item *jukebox.QueueItem) error{
	jukebox.ActSee: {
		"queue": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).Queue)
		},
		"playback": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).RoomPlayback)
		},
		"host": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).RoomHost)
		},
		"history": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
			return p.inRoom(who, func(r *jukebox.Room) error { _, _, err := p.History(who, r, 1, nil); return err })
		},
		"settings": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
			return p.inRoom(who, func(r *jukebox.Room) error { return second(r.Settings()) })
		},
		"follow": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
			return second(p.MayFollow(who, p.room.ID))
		},
	},
	jukebox.ActSearch: {"search": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return second(p.SearchSongs(who, p.room.ID, "x", 1, 0))
	}},
	jukebox.ActAdd: {"add": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return second(p.AddSong(who, p.room.ID, uri(2), nil))
	}},
	jukebox.ActLike: {
		"like": func(p *party, who context.Context, item *jukebox.QueueItem) error {
			return second(p.LikeQueueItem(who, item.ID, nil))
		},
		"unlike": func(p *party, who context.Context, item *jukebox.QueueItem) error {
			return second(p.UnlikeQueueItem(who, item.ID, nil))
		},
	},
	jukebox.ActRemoveOwn: {"remove own": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		added, err := p.AddSong(who, p.room.ID, uri(3), nil)
		if err != nil {
			return err
		}
		return second(p.RemoveQueueItem(who, added.Item.ID, nil))
	}},
	jukebox.ActRemoveAny: {"remove another's": func(p *party, who context.Context, item *jukebox.QueueItem) error {
		return second(p.RemoveQueueItem(who, item.ID, nil))
	}},
	jukebox.ActClear: {"clear": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return second(p.ClearQueue(who, p.room.ID, nil))
	}},
	jukebox.ActSettle: {"update": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return second(p.UpdateRoom(who, p.room.ID, jukebox.RoomChange{Name: pointer("New")}, nil))
	}},
	jukebox.ActCommand: {
		"skip":     commanded(func(p *party, who context.Context) error { return second(p.SkipSong(who, p.room.ID, nil)) }),
		"pause":    commanded(func(p *party, who context.Context) error { return second(p.PausePlayback(who, p.room.ID)) }),
		"resume":   commanded(func(p *party, who context.Context) error { return second(p.ResumePlayback(who, p.room.ID)) }),
		"transfer": commanded(func(p *party, who context.Context) error { return second(p.TransferPlayback(who, p.room.ID, "x")) }),
	},
	jukebox.ActDevices: {"devices": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return p.inRoom(who, func(r *jukebox.Room) error { return second(p.Devices(who, r)) })
	}},
	jukebox.ActMembers: {"members": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return p.inRoom(who, func(r *jukebox.Room) error { _, _, err := p.Members(who, r, 10, nil); return err })
	}},
	jukebox.ActExpel: {"remove a guest": func(p *party, who context.Context, item *jukebox.QueueItem) error {
		return second(p.RemoveGuest(who, p.room.ID, item.AddedBy.ID, false))
	}},
	jukebox.ActAppoint: {
		"set role": func(p *party, who context.Context, item *jukebox.QueueItem) error {
			return second(p.SetRole(who, p.room.ID, item.AddedBy.ID, jukebox.RoleCohost))
		},
		"remove a co-host": func(p *party, who context.Context, item *jukebox.QueueItem) error {
			_, err := p.SetRole(p.host, p.room.ID, item.AddedBy.ID, jukebox.RoleCohost)
			p.must(err)
			return second(p.RemoveGuest(who, p.room.ID, item.AddedBy.ID, true))
		},
	},
	jukebox.ActVote: {"vote to skip": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		p.play(2)
		if p.mayCommand(who) {
			return commanded(func(p *party, who context.Context) error { return second(p.VoteToSkip(who, p.room.ID, nil)) })(p, who, nil)
		}
		return ignore(jukebox.Refused, second(p.VoteToSkip(who, p.room.ID, nil))) // it has only just begun
	}},
	jukebox.ActUndo: {"undo": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return ignore(jukebox.Conflict, second(p.Undo(who, p.room.ID, nil))) // they did nothing yet
	}},
	jukebox.ActRecap: {"recap": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return p.inRoom(who, func(r *jukebox.Room) error { return second(p.Recap(who, r)) })
	}},
	jukebox.ActApprove: {"approve": func(p *party, who context.Context, item *jukebox.QueueItem) error {
		return second(p.ApproveItem(who, item.ID))
	}},
	jukebox.ActPin: {
		"pin": func(p *party, who context.Context, item *jukebox.QueueItem) error {
			return second(p.PinItem(who, item.ID, 1, jukebox.UntilPlayed, nil))
		},
		"unpin": func(p *party, who context.Context, item *jukebox.QueueItem) error {
			return second(p.UnpinItem(who, item.ID))
		},
	},
	jukebox.ActLog: {"log": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return p.inRoom(who, func(r *jukebox.Room) error { _, _, err := p.Log(who, r, 10, nil, true); return err })
	}},
	jukebox.ActExport: {"export": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return ignore(jukebox.Conflict, second(p.ExportHistory(who, p.room.ID))) // nothing was played yet
	}},
	jukebox.ActClose: {"close": func(p *party, who context.Context, _ *jukebox.QueueItem) error {
		return second(p.CloseRoom(who, p.room.ID, nil))
	}},
}

// ignore makes no failure of one that tells only that the gate was passed.
func ignore(code jukebox.Code, err error) error {
	if err != nil && jukebox.CodeOf(err) == code {
		return nil
	}
	return err
}

// mayCommand says whether somebody is a host here.
func (p *party) mayCommand(who context.Context) bool {
	return p.seen(who, (*jukebox.Jukebox).RoomPlayback) == nil && p.inRoom(who, func(r *jukebox.Room) error {
		_, _, err := p.Members(who, r, 1, nil)
		return err
	}) == nil
}

// play lets a song of the host's play.
func (p *party) play(n int) *jukebox.QueueItem {
	p.Helper()
	item := p.add(p.host, n)
	p.step(jukebox.PlaybackStep{CommitItem: item.ID})
	p.step(jukebox.PlaybackStep{StartedItem: item.ID, Playback: &jukebox.Playback{
		Status: jukebox.Playing, Item: item, Song: &item.Song, ProgressMS: pointer(0), ObservedAt: time.Now(), Health: jukebox.HealthOK,
	}})
	return item
}

// commanded answers a command that was let in.
func commanded(ask func(p *party, who context.Context) error) func(*party, context.Context, *jukebox.QueueItem) error {
	return func(p *party, who context.Context, _ *jukebox.QueueItem) error {
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
		p.obey(jukebox.Answer{})
		return <-answered
	}
}

func (p *party) inRoom(who context.Context, fn func(*jukebox.Room) error) error {
	room, err := p.Room(who, p.room.ID)
	p.must(err)
	return fn(room)
}

func (p *party) seen(who context.Context, ask any) error {
	return p.inRoom(who, func(r *jukebox.Room) error {
		switch ask := ask.(type) {
		case func(*jukebox.Jukebox, context.Context, *jukebox.Room) (*jukebox.RoomQueue, error):
			return second(ask(p.Jukebox, who, r))
		case func(*jukebox.Jukebox, context.Context, *jukebox.Room) (*jukebox.Playback, error):
			return second(ask(p.Jukebox, who, r))
		case func(*jukebox.Jukebox, context.Context, *jukebox.Room) (*jukebox.User, error):
			return second(ask(p.Jukebox, who, r))
		}
		panic(fmt.Sprintf("%T", ask))
	})
}

func (p *party) id(who context.Context) string {
	p.Helper()
	viewer, err := jukebox.ViewerFrom(who)
	p.must(err)
	return viewer.UserID
}

// Every use case is tried by everybody, and the table of permissions says who may.
func TestWhoMayDoWhat(t *testing.T) {
	if missing := slices.DeleteFunc(slices.Collect(maps.Keys(jukebox.MayDo)), func(a jukebox.Action) bool { return len(useCases[a]) > 0 }); len(missing) > 0 {
		t.Fatalf("nobody tries %v", missing)
	}
	onBothDatabases(t, func(p *party) {
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
					want := jukebox.Forbidden
					switch {
					case slices.Contains(jukebox.MayDo[action], jukebox.Role(role)):
						want = ""
					case role == "nobody" && action != jukebox.ActSee:
						want = jukebox.Unauthenticated
					}
					if got := codeOf(err); got != want && !(role == "nobody" && got == jukebox.Unauthenticated) {
						t.Errorf("%s by %s: %q (%v), want %q", name, role, got, err, want)
					}
				}
			}
		}
		p.room = first
	})
}

func codeOf(err error) jukebox.Code {
	if err == nil {
		return ""
	}
	return jukebox.CodeOf(err)
}

// castOf makes one of the cast.
func (p *party) castOf(role string) context.Context {
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
		_, err = p.SetRole(p.host, p.room.ID, p.id(who), jukebox.RoleCohost)
	case "REMOVED", "BANNED":
		_, err = p.RemoveGuest(p.host, p.room.ID, p.id(who), role == "BANNED")
	}
	p.must(err)
	return who
}
