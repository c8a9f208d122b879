/*
Package playback drives the hosts' players: in every open room it makes the next song of the queue follow the current
one.

The package has two halves. [Decide] is a pure function: from an observation of the player, the state of the room, a
small memory and the time it computes what to record, what to send to Spotify, and when to observe the player again. A
[Supervisor] does everything that has effects: it runs one goroutine, a driver, for each active room, which observes,
decides, records and sends, in this order.

# What a room can rely on

  - The order of the queue stays open until the last moment. One song is committed, that is handed to the queue of
    Spotify's player, about 15 s before the current one ends (halfway through a song shorter than 30 s). Two songs are
    never committed at the same time, because Spotify has no way to take a song out of a player's queue.
  - The intent is recorded before the call: the song is committed as PENDING, then sent, then marked SENT. If Spotify
    definitely did not accept it, it returns to the queue with its likes. If the outcome is unknown, it is marked
    UNKNOWN, and Spotify's queue is read before anything is repeated. The same is done for a PENDING song that a crash
    left behind between the intent and the answer.
  - A song that may have been heard since it was sent, completely or until somebody skipped it, counts as played,
    because playing a song twice is worse than missing one (mayhaveplayed.go).
  - A song that Spotify refuses, or accepts but never plays, lets other songs go first after two attempts, and leaves
    the queue after five. If every song fails, that is not the fault of a song, and none leaves the queue.
  - When nothing plays, the next song is played directly. It is committed first, like any other.
  - When the host pauses in Spotify's app, nothing is sent. When the host plays something else there, the room's next
    song follows near the end of it, as after any other song.
  - A committed song that a host removed is skipped once, as soon as it plays, and the next one plays in its place.
  - What the room shows (party.Playback) is written when its meaning changes: status, song, device, delivery or
    health, or a progress that jumped. Progress that advances as expected is not written.
  - Health names a problem while it lasts, and returns to OK without help. Calls that fail are repeated with a growing
    backoff, or at the time that Spotify names. A problem that only the host could fix is shown after several
    refusals, and the driver keeps trying by itself.
  - A room costs at most 350 calls an hour, whatever Spotify answers (budget.go, ration.go). They are counted across
    drivers: the count is stored with the lease.
  - When a room closes, or the server stops, the music keeps playing. The playlist of a closed room is removed from
    the host's library, even if nobody drove the room when it closed.

# Evidence

One answer of Spotify is not a fact: it may come from a cache, late, or without a part of the truth. An observation
that contradicts what is known is held back until another one confirms it at least a second later; one that only
repeats it, as a cache does, proves little (evidence.go). If it says that no player is active, the player's queue has
to name no song, either; a player that only its queue shows is hidden, and its progress goes by the clock (hidden.go).
A command that cuts off a sound needs two observations since the last command that agree (looks.go). A song of the room
is not declared heard, skipped or lost on less evidence.

A song that nobody chose, with which a player goes on after somebody has skipped a song in Spotify's app, gives way to
the room's next song. The host's own choice is respected until its end (unchosen.go).

# The two deliveries

A host can choose that songs are delivered by playlist. A song is then committed about 45 s before the current one
ends: it is appended to the playlist ANTWON-<code>, which is created for the room. The host starts this playlist once,
because players that were told to play a playlist notice additions less often than players whose host pressed play. If
the player goes on to something else nevertheless, or stops, or if Spotify does not let the app write playlists, later
songs go to the player's queue. If Spotify starts nothing for a host without Premium, the playlist is the only
delivery. Each committed song records how it was delivered.

# Host commands

Skip, pause, resume, transfer and volume are rows of the room's state, handled oldest first. A command is done when an
observation shows its effect; a volume, when Spotify accepts it (volume.go). A command without an effect is sent once
more. If that fails, too, the host command is answered with an error. No command is repeated without an observation, or
started once the host has stopped waiting.

# Devices and fallback songs

If no device is active and there is something to play, the driver reads the host's devices, at most once a minute. If
exactly one of them takes commands, playback is transferred to it without sound, and resumed if an observation shows
that it has stopped in the middle of the song. If the host had paused, playback stays paused.

If nothing waits and the last song nears its end, the driver looks for fallback songs and adds them to the queue,
where they rank after everything that somebody adds or likes. While a song of the room plays, three songs of a
playlist that the host chose wait in the queue, so that guests can see and like them. A fallback song does not start
on a device that would have to be woken, unless a host resumes playback. After forty fallback songs in a row the server
assumes that everybody has left, and adds no more.

# Another host

A co-host who has accepted the room becomes its host between two songs. From the acceptance on nothing is handed to the
old host's player. The song that plays there, and one that was handed over before, play to their end. The wait also
ends when that player is paused or gone, or when these songs should be over by the clock. Then the step is recorded, and
the same driver goes on with the new host's player and an empty memory, except for the count of the room's calls. If the
old player has gone on to another song by itself, it is paused. The room's playlist is removed from the old host's
library.

# Observing the player

Spotify does not notify its clients, and limits how often they may ask. So the driver observes the player when
something is about to happen (when it is time to commit, just after the end of a song, just after a command), and at
intervals in between. When the room's state changes, the driver decides again on the last observation. If that
decision calls for a command, it observes the player first: a command always relies on an observation that is at most
a second old and newer than the previous command.

A room where nothing has played for 15 minutes, and which nobody watches on this server, becomes idle: its driver
ends, and only a map entry remains. Any change of the room starts a driver again.

# Leases

If there are several servers, exactly one of them drives a room. Each server is a node that renews its liveness every
two seconds, by the database's clock. Five seconds after its last renewal, other nodes may take over its rooms, under
the next epoch. Every step is recorded under the epoch of its lease, so the steps of a node that was only suspended
are refused. A node also stops sending commands as soon as its own clock says that its liveness may have expired. The
new driver waits until a command of the old one can no longer be on its way, and then verifies what became of it.

# Concurrency

[Supervisor.Run] owns one goroutine that renews the node and lists the open rooms, and one for each room that is
driven here, and returns when all of them have ended. They share no state: only Run's own goroutine knows which rooms
are driven. A command that has been started is completed, and its outcome recorded, within a few seconds even if the
context ends meanwhile.

# Files

The pure half:

	state.go          Decide, its input, plan and memory, and the order of its rules
	decision.go       one decision: what is new in its input, and what follows from it
	evidence.go       which observations are believed
	looks.go          how many observations agree
	hidden.go         what plays when observations show no player
	activity.go       what the player does, by the newest observation that is believed
	heard.go          how much of the room's song was heard
	answer.go         records what a command to Spotify achieved
	verification.go   what an answer about Spotify's queue means for the committed song
	refusal.go        what a refusal by Spotify means: for a song, or for the host's account
	song.go           the rules that start, end and skip songs
	unchosen.go       the rule that replaces a song that nobody chose
	modes.go          the rule that turns off shuffle and repeat
	delivery.go       the rules that hand songs to the player
	mayhaveplayed.go  whether a song may have been heard without an observation
	hostcommand.go    the rules for host commands
	volume.go         the host command that sets the volume
	device.go         the rules that find a device
	fallback.go       the rule that adds fallback songs
	nexthost.go       the rule that lets the room pass to the next host's player
	display.go        what the room shows, and its health
	schedule.go       when to observe the player
	budget.go         how often the player may be observed
	ration.go         limits the calls of a room that has almost used up its calls for an hour

The half with effects:

	supervisor.go     starts and stops drivers; keeps the node alive
	reconciler.go     which rooms are driven here
	driver.go         one room's loop
	calls.go          the calls of a driver to Spotify
	player.go         the interface to Spotify's player, its faults, and the backoff after them
	metrics.go        metrics
	trace.go          spans
*/
package playback
