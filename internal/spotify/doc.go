/*
Package spotify speaks Spotify's Web API for the hosts: it connects their accounts (account.Authorizer), knows the catalogue
(jukebox.Catalog) and drives their players (playback.Player).

# Tokens

Each call is made with the host's own access token. Tokens are kept sealed in the database and nowhere else, so that a
host who connects anew, or another server that refreshed, is noticed at once. They are refreshed by the clock, and once
after a 401, by one request at a time for each host, on one server at a time. Where Spotify accepts an authorization no more
the host is marked, and Spotify is not asked for them again until they reconnect. After any other failure the authorization
is kept, and the token endpoint is left alone for a growing while.

# Failures

Whatever Spotify answers, in JSON, as plain text, as HTML or with nothing, is classified in one place (errors.go), by the
status that was really sent. Callers see *jukebox.Error from the catalogue and *playback.Fault from the players. Nothing is
repeated here but what was answered 401, which says that nothing was done: any other command might be carried out twice.

# Limits

Spotify's limits are the app's, whichever host a request is made for. Every request to the Web API passes one limiter: it
keeps to a budget in any 30 s, players go before looking at them, and that goes before the catalogue. Who would have to wait
too long is told so at once, with CoolingDown and a time. After an answer of 429 nothing at all is sent, by anybody, until
Spotify allows it: seconds after a burst, ten minutes to an hour when the app's quota is used up. Refreshing tokens is not
counted, and pauses by itself.

So little is asked: the same search once in 30 s, a song once in ten minutes, a host's devices once in five seconds, and
whatever many want at the same time, once.

# What the app may not do

Apps differ in what endpoints they have, and Spotify does not say how. It is learned from real answers, for each host, and a
refusal is believed for a day: playlists are made and filled by the endpoints of 2026, else by those before, and where
neither is there the fault is Unavailable. Fallback music is what is left of the host's chosen playlist or else comes
from the best source to the worst; what the host did not grant is left out.

# Use

A Client is safe for concurrent use. Calls return within eight seconds, signing in within twenty, or when their context ends.
A refresh and what others wait for too go on without the caller; Close waits for them.
*/
package spotify
