/*
Package account knows who users are: it signs them in and out, keeps their sessions, and connects hosts' Spotify
accounts.

There are three kinds of users. Hosts sign in with an identity provider (BeginLogin, CompleteLogin) or, in the demo,
under any name (DemoLogin). Guests and screens have no account: the jukebox package stores them when they join or watch
a room, and begins their session with SignIn.

A session is a short-lived access token, which requests carry and which is checked without the database, and a refresh
token, of which the database stores only a hash. RefreshSession exchanges a refresh token for the next one. All tokens
that go back to the same sign-in form a family, and access tokens carry its id. Using a refresh token a second time ends
its whole family, so that a stolen token is of little use. Only within a few seconds of its first use is it exchanged
for the same next token again, for the tabs of a browser. A family has few rows: those of exchanged tokens are deleted.
SignOut ends a family, SignOutEverywhere all of a user. Every session begins with SignIn. A user who shows only an
access token gets no session that outlives it.

A session that has ended stays ended. Its family is stored among the ended sessions in the transaction that deletes its
refresh tokens. Authenticate refuses its access tokens, from a list in memory: on this server at once, and on the others
when a hint tells WatchEnded to load the new ones, or within five seconds if the hint is lost. Then a function
registered with OnEnded closes the open connections of the sessions that HasEnded reports, and one registered with
OnSignedOut ends the presence of the users.

The viewer of a request, the content of its access token, travels in the context: package graph and cmd/antwon put it
there with WithViewer, and use cases read it with ViewerFrom or OptionalViewer. An operation that is executed once for
many users runs in a context of WithoutViewer, in which reading the viewer fails.

The package promises that a browser that begins a login, or the connection of a Spotify account, is the only one that
can complete it, once, within ten minutes; and that it returns to pages of this server and of allowed origins only.

Accounts is used by graph, internal/server and cmd/antwon, and by internal/jukebox, which wraps what also concerns
rooms: Jukebox.FinishLogin, FinishSpotify and DisconnectSpotify. CredentialStore is used by internal/spotify. All types
are safe for concurrent use, and none starts a goroutine; WatchEnded runs in its caller's. Failures that a client should
understand are *party.Error; the doc comments name their codes.

	account.go      Config and Accounts; its metrics
	viewer.go       the user who makes a request, and access tokens
	caller.go       the client that sends a request: its address, connection and browser
	session.go      beginning and refreshing sessions; deleting expired ones
	refresh.go      refresh tokens: which family one belongs to, and which one comes next
	signout.go      ending sessions; ended.go remembers which have ended, so that their access tokens end, too
	login.go        signing in with an identity provider
	host.go         storing hosts; deleting a guest who became one
	demo.go         signing in without an identity provider, in the demo
	spotify.go      connecting and deleting a host's Spotify account
	credentials.go  the stored credentials of Spotify accounts, and which server refreshes them
	returnto.go     the pages to which browsers may return
	profile.go      what the server knows about a user
	limits.go       the rate limits of new users, of logins, and of users' actions outside of rooms
*/
package account
