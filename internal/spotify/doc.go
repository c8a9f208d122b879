// Package spotify speaks Spotify's Web API for the hosts: the catalogue (jukebox.Catalog) and their players
// (playback.Player).
//
// Each call is made with the host's own access token. Tokens are kept sealed in the database and nowhere else, so that a
// host who connects anew, or another server that refreshed, is noticed at once. They are refreshed by the clock, and once
// after a 401, by one request at a time for each host. Where Spotify accepts an authorization no more the host is marked,
// and Spotify is not asked for them again until they reconnect.
//
// Whatever Spotify answers, in JSON or as plain text, is classified in one place (errors.go). Callers see *jukebox.Error
// from the catalogue and *playback.Fault from the players. Nothing is repeated here but what was answered 401, which
// says that nothing was done: any other command might be carried out twice. After too many requests the catalogue asks
// nothing until Spotify allows it; the players' driver keeps such a pause itself.
package spotify
