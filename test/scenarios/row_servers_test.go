package scenarios_test

import (
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// takeover is the longest time that another server may need to take a room over.
const takeover = 10 * time.Second

// serverScenarios test servers that are killed, stopped, suspended and replaced.
func serverScenarios() []scenario {
	return []scenario{
		{
			name:   "the server is killed in the middle of a song and started again a minute later",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.server.kill()
				time.Sleep(time.Minute)
				p.switchTo(p.start("two"))
			},
		},
		{
			name:   "the server is killed after the commit and started again when that song plays",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true,
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.server.kill()
				time.Sleep(time.Minute)
				p.switchTo(p.start("two"))
			},
		},
		{
			name:   "the server is killed after the commit and started again when the host has skipped that song",
			played: "1 2 3", silence: "2.3s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, several: true, states: "PLAYED SKIPPED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.server.kill()
				time.Sleep(40 * time.Second)
				p.app.skip()
				p.switchTo(p.start("two"))
			},
		},
		{
			name:   "the server is killed while its song waits behind the host's own song, in an app that was closed",
			played: "1 other 3 2", silence: "2m38.8825s",
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
				p.switchTo(p.start("two"))
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
				p.switchTo(p.start("two"))
			},
		},
		{
			name:   "one of two servers is killed while Spotify carries out its commit",
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
			name:   "one of two servers is killed during a commit that does not reach Spotify",
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
			name:   "one of two servers is suspended for 20 s, just before a commit",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				time.Sleep(time.Minute)
				p.untilLeft(16 * time.Second)
				one.suspension.suspend(20 * time.Second)
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers is suspended for 20 s, between a commit and its answer",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				<-p.spotify.next("POST me/player/queue")
				one.suspension.suspend(20 * time.Second)
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers is suspended for 7 s, between the intent and the commit",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				p.untilCommitted(2)
				one.suspension.suspend(7 * time.Second)
				p.takenOverBy(two)
			},
		},
		{
			name:   "one of two servers is suspended for 20 s, between the intent and the commit",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, several: true,
			course: func(p *fixture) {
				two, one := p.start("two"), p.server
				p.untilCommitted(2)
				one.suspension.suspend(20 * time.Second)
				p.takenOverBy(two)
			},
		},
	}
}

// takenOverBy makes people use another server, and fails the test unless that server soon drives the room.
func (p *fixture) takenOverBy(s *server) {
	p.t.Helper()
	p.switchTo(s)
	for began := time.Now(); p.holder() != s.name; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > takeover {
			p.t.Fatalf("server %s does not drive the room after %v", s.name, takeover)
		}
	}
}

// holder returns the id of the node that holds the room's lease.
func (p *fixture) holder() (node string) {
	p.t.Helper()
	row := p.reading.QueryRowContext(p.t.Context(), "SELECT node_id FROM room_leases WHERE id = ?", p.room.ID)
	must(p.t, row.Scan(&node))
	return node
}

// untilCommitted waits until the intent to deliver a song is recorded, which is before the request to Spotify.
func (p *fixture) untilCommitted(song int) {
	time.Sleep(time.Second)
	p.untilLeft(15*time.Second + 500*time.Millisecond)
	for p.states()[song-1] != "COMMITTED" {
		time.Sleep(5 * time.Millisecond)
	}
}
