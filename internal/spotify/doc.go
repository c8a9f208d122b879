// Package spotify speaks Spotify's Web API for the hosts: the catalogue (jukebox.Catalog) and their players
// (playback.Player).
//
// Each call is made with the host's own access token. Tokens are kept sealed in the database, refreshed by the clock and
// once after a 401, by one request at a time for each host; what a refresh brings is stored before it is used. Where Spotify
// accepts an authorization no more, the host is marked, and is not asked about again.
//
// Whatever Spotify answers, in JSON or as plain text, becomes one failure with a class (errors.go): callers see
// *jukebox.Error from the catalogue and *playback.Fault from the players. Nothing is retried here but that one 401: a
// player's command might be carried out twice.
package spotify
