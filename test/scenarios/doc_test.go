/*
Package scenarios_test plays whole parties: the jukebox on a SQLite file, the supervisor of the players, the Spotify
client, and a simulated Spotify behind a real HTTP server and a real HTTP transport. Everything runs in a bubble of
testing/synctest, so a party of two hours takes seconds, takes the same course in every run, and has exact times.

A scenario opens a party, lets guests, the host and Spotify act, sleeps while the music plays, and checks the outcome:

	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		time.Sleep(time.Minute)
		p.fail(sim.Fault{Path: "/v1/me/player/queue", Status: 502})
		p.untilDone(time.Hour)
		if p.played() != "1 2 3" {
			t.Errorf("played %s", p.played())
		}
	})

The main types are:

  - fixture: a room with its host, the host's Spotify account, and guests. Songs are named by the number in which they
    were added.
  - server: one server with all its parts. It can be stopped, killed and suspended. Several servers may share the
    database file.
  - spotifyServer: the simulated Spotify behind a network with latency. It counts requests, and says which songs were
    heard.
  - app: Spotify's app as the host uses it.
  - healthLog: the healths that the room has shown.

The scenarios of the table in docs/playback.md are in the files row_*_test.go. The files evening_*_test.go play random
evenings, and judge them by what was heard. The files crowd_*_test.go test the rules of the queue with a hundred guests.

Code in a bubble must not wait for anything outside the bubble, or the fake time stops. This is why the network consists
of pipes.
*/
package scenarios_test
