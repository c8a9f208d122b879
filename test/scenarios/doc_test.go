/*
Package scenarios_test plays whole parties: the jukebox on a SQLite file, the players' driver, the Spotify client, and the
simulated Spotify behind a real HTTP server and a real HTTP transport. All of it runs in a bubble of testing/synctest, so
that a party of two hours takes seconds, every party goes the same way each time, and times are exact.

A scenario opens a party, lets guests, the host and Spotify do things, sleeps while the music plays, and asks what came of
it:

		inBubble(t, func(t *testing.T) {
			p := open(t, options{songs: 3})
			time.Sleep(time.Minute)
			p.spotify.Fail(sim.Fault{Path: "/v1/me/player/queue", Status: 502})
			p.untilDone(time.Hour)
			p.played("1 2 3")
		})

	  - party: a host with a Spotify account, their room and its guests; songs are called by the number in which they were added.
	  - server: one server's whole stack. It can be stopped, and killed; several may share the database file.
	  - outside: Spotify as it is reached, with a network's delays and a count of what is asked.
	  - ear: listens to the host's loudspeaker, past everything that is tested. What was heard is its word alone.

Nothing may wait for something outside of the bubble, or time stands still: the network is made of pipes.
*/
package scenarios_test
