/*
Package sim simulates Spotify's accounts service and Web API for demonstrations and tests. Clients use it over real
HTTP, in the same way as Spotify itself.

Its guarantees:

  - Responses have the formats, statuses and error bodies of Spotify's Web API reference for an app in Development
    Mode as of November 2026 and, where the reference is silent, of responses that such apps have been seen to
    receive. It simulates profiles, search for tracks, the player, playlists, the library, artists and albums. Every
    other endpoint is 403 or 404. AppSwitches.Extended restores what Development Mode lost.
  - It checks scopes, clients, redirect URIs and PKCE, accepts each authorization code once, and limits an
    authorization to six months.
  - Songs, artists and covers are invented, and the same in every process.
  - Each account has one player, which plays in real time: the current song ends and the next one follows, without
    any request. With a state file it continues while the process is down.
  - All times are those of the clock in Config, and nothing runs in the background: a player's state is computed when
    it is read. Therefore the simulator works with a clock that is set by hand, and inside a synctest bubble.
  - What a response has confirmed is in the state file, even if the process is killed.

Tests control it by several means. Switches and AppSwitches determine how Spotify treats an account and the app. Host
does what a host can do in Spotify's own apps. InjectFault makes requests fail, before or after they were applied.
InjectLook makes responses about the player differ from what it does. BreakTrack makes a track unplayable. Package
trouble chooses any of that at random. Plays, Silences, Requests and Injected tell what happened. Package control offers
all of that over HTTP, as JSON below /control/; GET /control/ lists it.

Plays and Silences return what was really audible, when and for how long. Switches, faults and looks that change only
responses do not change that.

All methods and handlers are safe for concurrent use.

# Switches of an account

ChangeSwitches, or POST /control/accounts/ID/switches with these fields. Durations are strings, such as "1s".

	success              status of successful commands: 200, 202 or 204
	free                 a host without Premium: commands are 403 PREMIUM_REQUIRED
	not_allowed          an account that is not on the app's list: everything is 403
	autoplay             similar songs follow the end of the list; otherwise silence
	stale                how long after a command the state shows the situation before it
	follows_playlist     the player notices changes of its playlist
	items_forbidden      playlists/ID/items is 403
	progress             progress_ms is "null" or "zero"
	end_stuck            the player freezes at the end of its list
	without_context      the context is null
	crossfade            by how much songs overlap, at most 12 seconds
	automix              how much of both ends of songs is left out
	ad_between           length of an advertisement before each following song
	sleep_after          after how long without music the device falls asleep
	sleep_listed         a sleeping device stays in the list
	sleep_new_id         a sleeping device has another ID afterwards

# Switches of the app

ChangeAppSwitches, or POST /control/app.

	extended                   the app has the endpoints and fields that were removed
	owner_free                 the app's owner has no Premium: everything is 403
	rotate                     refresh tokens rotate
	limit                      requests in any 30 seconds before 429
	limit_json                 that 429 is JSON
	retry_after                its Retry-After
	quota                      requests in any 24 hours before 429 QUOTA_EXCEEDED
	recommendations_forbidden  GET recommendations is 403 instead of 404
	long_names                 names have at least so many bytes
	long_urls                  URLs of images have at least so many bytes

# Faults

InjectFault, or POST /control/faults; ClearFaults, or DELETE /control/faults. A fault selects requests, and says what
the response is.

	method, path, exact    the requests, by method and by a prefix of the path or the exact path
	uri                    only requests about this track, such as refusals of one song
	times                  how many; -1: all
	for                    for how long
	probability            the share of them
	status                 0: the connection is closed without a response
	delay                  time before the response
	message, reason        of the error; at /api/token the code of OAuth, such as invalid_grant or invalid_client
	plain_text, html       form of the error; otherwise JSON
	empty                  no body
	retry_after            the header, as a duration
	retry_after_text       the header, as it is; RetryAfterForms lists every form
	body                   of the actual response: "real", "truncated", "slow" (in delay) or "endless"
	content_type           the header
	after_applying         the request was applied before it failed
	applied_after          the command is applied this long after the response

# Looks

InjectLook, or POST /control/looks; ClearLooks, or DELETE /control/looks. The fields are kind, queue (the queue instead
of the player), account, field, age, times, for and probability.

	stale                  the response of age ago
	repeated               the last response again
	null, missing          field is null or missing: device, item, progress_ms, context, timestamp, is_playing, queue, ...
	nothing                204 or an empty queue, although music plays
	previous-track         the state just before the current track started
	ghost                  is_playing without an item, while nothing plays
	zero-progress          progress_ms is 0
	stuck-progress         progress_ms does not change
	not-playing            is_playing is false
	old-timestamp          timestamp is older by age
	unknown-type           an item of an unknown type
	repeated-items         of the queue: it repeats its tracks
	lists-current          of the queue: it lists what plays

# Tracks

BreakTrack, or POST /control/tracks with uri and broken; RepairTracks, or DELETE /control/tracks.

	skipped                cannot be loaded: the next one starts at once
	silent                 cannot be loaded: the player stops
	stuck                  cannot be loaded: the player claims to play it
	endless                stays at its end, and claims to play

# The host

The methods of Host, or POST /control/accounts/ID/host with an action and, in parentheses, its parameters.

	pause, resume, skip, previous
	seek (position), volume (percent), repeat (mode), shuffle (on)
	play (uri), play-playlist (uri, at)
	close-app, open-app, vanish, freeze
	advertise, episode, local-file, unknown (length)
	transfer, remove-device (device), add-device, set-device (new)

The properties of a device are id, name, type, active, restricted, private, volume, fixed_volume, without_id, gone and
asleep.

# Troubles

Draw and Trouble.Begin of package trouble, or POST /control/accounts/ID/troubles with seed, kinds, songs, longest and
most, let a random one of its Kinds happen. End, or DELETE /control/accounts/ID/troubles, ends them.
*/
package sim
