package scenarios_test

import (
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// takeover is how long a room may be without a server.
const takeover = 10 * time.Second

func serverScenarios() []scenario {
	return []scenario{
		{
			name:   "the server is killed in the middle of a song, and started again a minute later",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.server.kill()
				time.Sleep(time.Minute)
				p.visit(p.start("two"))
			},
		},
		{
			name:   "the server is killed after the commit, and started again when that song plays",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.server.kill()
				time.Sleep(time.Minute)
				p.visit(p.start("two"))
			},
		},
		{
			name:   "the server is killed after the commit, and started again when the host has skipped that song",
			played: "1 2 3", silence: "2.3s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.server.kill()
				time.Sleep(40 * time.Second)
				p.app.skip()
				p.visit(p.start("two"))
			},
		},
		{
			name:   "the server is killed while its song waits behind the host's own, in an app that was closed",
			played: "1 other 3 2", silence: "2m36.1225s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.play(p.music[0])
				time.Sleep(30 * time.Second)
				p.app.close()
				time.Sleep(10 * time.Second)
				p.server.kill()
				p.visit(p.start("two"))
				time.Sleep(time.Minute)
				p.app.open()
			},
		},
		{
			name:   "the server is stopped and replaced",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.server.stop()
				p.visit(p.start("two"))
			},
		},
		{
			name:   "one of two servers is killed while Spotify carries its commit out",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				<-p.spotify.next("POST me/player/queue")
				one.kill()
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers is killed in a commit that does not reach Spotify",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				p.fail(sim.Fault{Path: queuePath, Method: "POST"})
				<-p.spotify.next("POST me/player/queue")
				one.kill()
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers freezes for 20 s, just before a commit",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				time.Sleep(time.Minute)
				p.untilLeft(16 * time.Second)
				one.ice.freeze(20 * time.Second)
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers freezes for 20 s, between a commit and its answer",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				<-p.spotify.next("POST me/player/queue")
				one.ice.freeze(20 * time.Second)
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers freezes for 7 s, between the intent and the commit",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				p.untilCommitted(2)
				one.ice.freeze(7 * time.Second)
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers freezes for 20 s, between the intent and the commit",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				p.untilCommitted(2)
				one.ice.freeze(20 * time.Second)
				p.takenOverBy(two)
			},
		},
	}
}

// takenOverBy lets people ask a server that has to drive the room soon.
func (p *fixture) takenOverBy(s *server) {
	p.t.Helper()
	p.visit(s)
	for began := time.Now(); p.holder() != s.name; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > takeover {
			p.t.Fatalf("nobody drives the room after %v", takeover)
		}
	}
}

// holder is the node that has the room's lease.
func (p *fixture) holder() (node string) {
	p.t.Helper()
	must(p.t, p.reading.QueryRow("SELECT node_id FROM room_leases WHERE id = ?", p.room.ID).Scan(&node))
	return node
}

// untilCommitted waits for the intent to hand a song over, which is recorded before Spotify is asked.
func (p *fixture) untilCommitted(song int) {
	time.Sleep(time.Second)
	p.untilLeft(15*time.Second + 500*time.Millisecond)
	for p.states()[song-1] != "COMMITTED" {
		time.Sleep(5 * time.Millisecond)
	}
}
