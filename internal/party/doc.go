// Package party is the domain of the program: what a party is, and what its rules decide.
//
// A party takes place in a [Room]. Its host opens it, guests join it by a code, and screens show it; each of these
// members has a [Role], which decides about each [Action] whether the member may do it. Guests add songs. A song that
// waits is a [QueueItem], and everybody can like it. [Rank] computes the playing order of the queue, by likes, fairly
// or in turns, as the host chose. Shortly before a song is due, the server commits it: it hands the song to the host's
// Spotify player, and from then on nothing moves it.
//
// What a host can choose about a room are its [RoomSettings]. The rules that follow from them are pure functions such
// as [RoomSettings.MayAdd], and each answers with nil or with a [Refusal]: a reason for programs and a sentence for
// people. docs/rules.md lists all rules, and docs/glossary.md all terms.
//
// # State and change
//
// Every change that members can see raises the version of the room by one. A [State] is everything that they can see,
// at one version. [Merge] builds the next state from the one before and the rows that changed. [State.QueueChange]
// returns the difference between two versions of the queue, which is all that clients need to update their copy, and
// [State.AffectedSince] returns when a change last affected a user in particular.
//
// # Purity
//
// The package computes and does nothing else. It knows no context, no clock, no database, no network and no other
// package of this module. What a rule depends on is passed to it, the present time included, so the same arguments
// always give the same result. A test in internal/arrows_test.go checks this.
//
// A State, the QueueItems in it and a [PlayHistory] are immutable: a change makes new values, which share with the old
// ones what did not change. They may be read by any number of goroutines. All other types are plain values: code that
// changes one must be the only code that uses it.
//
// # Files
//
//	room.go, state.go      a room as its viewer sees it; everything of it, at one version
//	queue.go, song.go      items of the queue; songs, and which are the same recording; bounds.go shortens their texts
//	playback.go, health.go the player: what it does, whether the music can go on, and what its driver reports
//	command.go, lease.go   a host's commands to the player; the right of a server to drive it, and calls.go what it cost
//	role.go                who may do what; offer.go passes the room to another host
//	withoutphone.go        guests without a phone
//	settings.go            what a host can choose; settings_parse.go checks what clients send
//	chosen.go              the playlist that a host chose for the guests
//	rules.go               what may be added, liked and played, and when a vote skips a song
//	allowance.go           how many songs a guest may still add
//	rank.go, pin.go        the playing order, and the places that hosts gave to songs
//	playhistory.go         what was played, as far as the rules and the order depend on it
//	schedule.go            when each song is expected to play, and why
//	search.go              whether a search result can be added
//	vote.go                who ended a song early
//	merge.go               the next state, from the one before and the rows that changed
//	difference.go          what changed in the queue between two versions; reorder.go remembers which songs moved
//	affected.go            which users a change affects
//	event.go               what the log tells, and event_message.go in which sentences
//	reaction.go            guests' reactions to the song that plays
//	parse.go               names, codes, ids and links that clients send
//	errors.go              the errors that clients see
package party
