package jukebox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// useCase calls one use case as somebody.
type useCase func(p *fixture, who context.Context, item *party.QueueItem) error

// useCases holds every use case in a room by the action that it authorizes. Each runs in a room of its own, with a
// queue item that another guest has added.
var useCases = map[party.Action]map[string]useCase{
	party.ActView: {
		"queue": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).Queue)
		},
		"playback": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.seen(who, (*jukebox.Jukebox).RoomPlayback)
		},
		"host": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.inRoom(who, func(r *party.Room) error { return second(p.RoomMember(who, r, r.HostID)) })
		},
		"history": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.inRoom(who, func(r *party.Room) error {
				_, _, err := p.Lists().History(who, r, lists.First(1, nil))
				return err
			})
		},
		"settings": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.inRoom(who, func(r *party.Room) error { return second(r.Settings()) })
		},
		"subscribe": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.AuthorizeSubscription(who, p.room.ID))
		},
	},
	party.ActSearch: {
		"search": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.SearchSongs(who, p.room.ID, "x", 1, 0))
		},
		"playlist": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.PlaylistSongs(who, p.room.ID, nil, 1, 0))
		},
	},
	party.ActAdd: {"add": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.AddSong(who, p.room.ID, uri(2), nil))
	}},
	party.ActAddFor: {
		"add for a guest": func(p *fixture, who context.Context, item *party.QueueItem) error {
			err := second(p.AddSongFor(who, p.room.ID, uri(2), &item.AddedBy.User.ID, nil, nil))
			return ignore(party.BadUserInput, err) // a tablet adds by a name only
		},
		"add for somebody without a phone": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.AddSongFor(who, p.room.ID, uri(2), nil, pointer("Oma"), nil))
		},
	},
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
	party.ActClear: {
		"clear": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.ClearQueue(who, p.room.ID, nil))
		},
		"remove a guest's songs": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.RemoveGuestSongs(who, p.room.ID, item.AddedBy.User.ID, nil))
		},
	},
	party.ActUpdateRoom: {"update": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.UpdateRoom(who, p.room.ID, jukebox.RoomUpdate{Name: pointer("New")}, nil))
	}},
	party.ActControlPlayer: {
		"skip": commanded(func(p *fixture, who context.Context) error {
			return second(p.SkipSong(who, p.room.ID, nil))
		}),
		"pause": commanded(func(p *fixture, who context.Context) error {
			return second(p.PausePlayback(who, p.room.ID))
		}),
		"resume": commanded(func(p *fixture, who context.Context) error {
			return second(p.ResumePlayback(who, p.room.ID))
		}),
		"transfer": commanded(func(p *fixture, who context.Context) error {
			return second(p.TransferPlayback(who, p.room.ID, "x"))
		}),
		"volume": commanded(func(p *fixture, who context.Context) error {
			return second(p.SetVolume(who, p.room.ID, 30))
		}),
	},
	party.ActListDevices: {"devices": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error { return second(p.Library().Devices(who, r)) })
	}},
	party.ActListMembers: {"members": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error {
			_, _, err := p.Lists().Members(who, r, lists.First(10, nil))
			return err
		})
	}},
	party.ActRemoveGuest: {"remove a guest": func(p *fixture, who context.Context, item *party.QueueItem) error {
		return second(p.RemoveGuest(who, p.room.ID, item.AddedBy.User.ID, false))
	}},
	party.ActSetRole: {
		"set role": func(p *fixture, who context.Context, item *party.QueueItem) error {
			return second(p.SetRole(who, p.room.ID, item.AddedBy.User.ID, party.RoleCohost))
		},
		"offer the room": func(p *fixture, who context.Context, item *party.QueueItem) error {
			_, err := p.SetRole(p.host, p.room.ID, item.AddedBy.User.ID, party.RoleCohost)
			p.must(err)
			return second(p.OfferRoom(who, p.room.ID, item.AddedBy.User.ID))
		},
		"remove a co-host": func(p *fixture, who context.Context, item *party.QueueItem) error {
			_, err := p.SetRole(p.host, p.room.ID, item.AddedBy.User.ID, party.RoleCohost)
			p.must(err)
			return second(p.RemoveGuest(who, p.room.ID, item.AddedBy.User.ID, true))
		},
	},
	party.ActAnswerOffer: {"answer an offer": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.AnswerRoomOffer(who, p.room.ID, false))
	}},
	party.ActVote: {
		"vote to skip": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			p.play(2)
			vote := func(p *fixture, who context.Context) error { return second(p.VoteToSkip(who, p.room.ID, nil)) }
			if p.mayCommand(who) {
				return commanded(vote)(p, who, nil)
			}
			return ignore(party.Refused, vote(p, who)) // the song has only just begun
		},
		"withdraw a vote": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return second(p.WithdrawSkipVote(who, p.room.ID, nil))
		},
	},
	party.ActReact: {"react": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return ignore(party.Conflict, p.Reactions().React(who, p.room.ID, party.Fire)) // nothing plays
	}},
	party.ActUndo: {"undo": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return ignore(party.Conflict, second(p.Undo(who, p.room.ID, nil))) // there is nothing to undo
	}},
	party.ActRecap: {"recap": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return p.inRoom(who, func(r *party.Room) error { return second(p.Lists().Recap(who, r)) })
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
		return p.inRoom(who, func(r *party.Room) error {
			_, _, err := p.Lists().Log(who, r, lists.First(10, nil), true)
			return err
		})
	}},
	party.ActNotify: {
		"subscribe to push messages": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.Push().Subscribe(who, p.room.ID, p.subscription(chrome))
		},
		"unsubscribe from push messages": func(p *fixture, who context.Context, _ *party.QueueItem) error {
			return p.Push().Unsubscribe(who, p.room.ID, chrome)
		},
	},
	party.ActExport: {"export": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return ignore(party.Conflict, second(p.ExportHistory(who, p.room.ID))) // nothing has been played
	}},
	party.ActClose: {"close": func(p *fixture, who context.Context, _ *party.QueueItem) error {
		return second(p.CloseRoom(who, p.room.ID, nil))
	}},
}

// ignore returns nil for an error with this code, which shows that the viewer was authorized.
func ignore(code party.Code, err error) error {
	if err != nil && party.CodeOf(err) == code {
		return nil
	}
	return err
}

// mayCommand reports whether somebody is a host or co-host of the room.
func (p *fixture) mayCommand(who context.Context) bool {
	return p.seen(who, (*jukebox.Jukebox).RoomPlayback) == nil && p.inRoom(who, func(r *party.Room) error {
		_, _, err := p.Lists().Members(who, r, lists.First(1, nil))
		return err
	}) == nil
}

// play adds a song by the host and starts it.
func (p *fixture) play(n int) *party.QueueItem {
	p.Helper()
	item := p.add(p.host, n)
	p.step(party.PlaybackStep{CommitItem: item.ID})
	p.step(party.PlaybackStep{StartedItem: item.ID, Playback: &party.Playback{
		Status: party.Playing, Item: item, Song: &item.Song, ProgressMS: pointer(0),
		ObservedAt: time.Now(), Health: party.HealthOK,
	}})
	return item
}

// commanded runs a use case that waits for the player, and answers its command unless it was refused.
func commanded(ask func(p *fixture, who context.Context) error) useCase {
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
		p.answerCommand(party.Answer{})
		return <-answered
	}
}

// inRoom calls fn with the room as this user sees it.
func (p *fixture) inRoom(who context.Context, fn func(*party.Room) error) error {
	room, err := p.Room(who, p.room.ID)
	p.must(err)
	return fn(room)
}

// seen calls one of the queries that take a room.
func (p *fixture) seen(who context.Context, ask any) error {
	return p.inRoom(who, func(r *party.Room) error {
		switch ask := ask.(type) {
		case func(*jukebox.Jukebox, context.Context, *party.Room) (*party.RoomQueue, error):
			return second(ask(p.Jukebox, who, r))
		case func(*jukebox.Jukebox, context.Context, *party.Room) (*party.Playback, error):
			return second(ask(p.Jukebox, who, r))
		}
		panic(fmt.Sprintf("%T", ask))
	})
}

// id returns the id of the user of a context.
func (p *fixture) id(who context.Context) string {
	p.Helper()
	viewer, err := account.ViewerFrom(who)
	p.must(err)
	return viewer.UserID
}

// Every use case is tried in every role, and succeeds exactly if the table of permissions has the role.
func TestUseCasesFollowThePermissionTable(t *testing.T) {
	tried := func(a party.Action) bool { return len(useCases[a]) > 0 }
	if missing := slices.DeleteFunc(party.Actions(), tried); len(missing) > 0 {
		t.Fatalf("no use case tries %v", missing)
	}
	onBothDatabases(t, func(p *fixture) {
		first := p.room
		codes := 0
		for action, cases := range useCases {
			for name, try := range cases {
				for _, role := range cast {
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
						p.Errorf("%s by %s: %q (%v), want %q", name, role, got, err, want)
					}
				}
			}
		}
		p.room = first
	})
}

// Every action has a rate limit, or a reason why it has none.
func TestEveryActionHasARateLimit(t *testing.T) {
	for _, action := range party.Actions() {
		if limited, because := jukebox.HasRate(action); limited == (because != "") {
			t.Errorf("%s: limited: %t, and the reason why not is %q", action, limited, because)
		}
	}
}

func codeOf(err error) party.Code {
	if err == nil {
		return ""
	}
	return party.CodeOf(err)
}

// cast lists the roles in which every use case is tried.
var cast = []string{"HOST", "COHOST", "GUEST", "TABLET", "SCREEN", "REMOVED", "BANNED", "another room's host", "nobody"}

// castOf returns somebody in this role.
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
	case "TABLET":
		_, err = p.SetRole(p.host, p.room.ID, p.id(who), party.RoleTablet)
	case "REMOVED", "BANNED":
		_, err = p.RemoveGuest(p.host, p.room.ID, p.id(who), role == "BANNED")
	}
	p.must(err)
	return who
}
