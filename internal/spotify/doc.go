/*
Package spotify is the client of Spotify's accounts service and Web API. It connects hosts' accounts
(account.Authorizer), reads the catalogue (catalog.Spotify), saves playlists (jukebox.Library) and drives the hosts'
players (playback.Player).

# Concurrency

A Client is safe for concurrent use. A call returns within eight seconds, Authorize within twenty, or as soon as its
context ends. Two kinds of work continue after their caller has gone, because others wait for the result or because it
must not be lost: requests that several callers share, and refreshes of tokens. Close waits for both.

# Tokens

Each call carries the access token of the host it is made for. Tokens are stored encrypted in the database and are not
cached elsewhere, so that every server notices at once when a host has reconnected or another server has refreshed the
tokens. An access token is refreshed shortly before it expires, and once more after a response of 401. For each host
one refresh runs at a time, across all servers. When Spotify rejects an authorization, the host is marked as having to
reconnect, and no request is made for that host until then. After any other failure the authorization is kept, and
requests to the token endpoint pause with exponential backoff.

# Failures

Every response that is not a success, whether its body is JSON, plain text, HTML or empty, is classified in one place,
errors.go, by the HTTP status and not by the status in the body. The catalogue returns *party.Error, the player methods
return *playback.Fault. Only a request that was answered 401 is sent a second time, since 401 guarantees that Spotify
did nothing. Any other repeated command could take effect twice. Responses are read up to a bound, and a longer one
counts as unusable.

# Limits

Spotify limits the app as a whole, whichever host a request is made for. Therefore all requests to the Web API pass one
limiter, which keeps to a budget for any 30 seconds and has three priorities: control of the players, polling of the
players, and the catalogue. A request that could not be sent in time fails immediately with CoolingDown and the time to
wait. After a response of 429 the limiter sends nothing until Spotify allows it again: seconds after a burst, ten
minutes to an hour after the app's quota was used up. Requests to the token endpoint do not count towards the budget and
pause independently.

The catalogue's part of the budget is divided fairly by room, and within a room by user: the more requests a room or a
user has made, the more of the rest it has to leave to others. A user who has used up their share gets RateLimited and
the time to wait, while the requests of others go on.

To save requests, responses are cached for each host: searches for 30 seconds, songs and artists for ten minutes,
devices for five seconds. Concurrent calls for the same thing share one request.

# Endpoints that an app may lack

Spotify does not say which endpoints an app may use. The client learns it for each host from actual responses and
remembers a refusal for 24 hours. Playlists are created and filled through the endpoints of 2026 or, where those are
missing, through the older ones; where both are missing, the fault is Unavailable. Fallback songs come from the playlist
that the host chose or, when nothing of it is left, from several other sources, the best first; sources for which the
host granted no scope are skipped.

# Files

	client.go        Client, its configuration, and how a call is made
	request.go       requests that the zmb3 library cannot make
	transport.go     access tokens on requests, and the record of the last response
	limiter.go       the budget, priorities and waiting
	shares.go        fair shares of the budget for rooms and their guests
	pause.go         how long requests stop after a response of 429
	cache.go         caches with expiry, and calls that several callers share
	errors.go        classification of failures
	capabilities.go  which endpoints an app has
	oauth.go         connecting an account
	tokens.go        the hosts' access tokens; rejections.go remembers which were rejected
	refresh.go       refreshing them, one server at a time
	tokencipher.go   encryption of tokens for the database
	catalog.go       search, songs, artists, the host's playlists
	songs.go         conversion of Spotify's tracks
	player.go        playback state and commands
	devices.go       devices and transfer
	playlist.go      playlists that the player uses
	save.go          playlists made of a room's history
	suggest.go       fallback songs
	metrics.go       metrics
	trace.go         spans
*/
package spotify
