/*
Package playback drives the hosts' players, so that in every open room the next song of the queue follows the current one.

It has two halves. [Decide] is a pure function: what the player was seen doing, what the room's queue says, a small memory,
and the time go in; what to record, what to ask of Spotify, and when to look again come out. A [Supervisor] does the
rest: one goroutine per room that is awake looks, decides, records and asks, in that order.

# What a room is promised

  - The order of the queue stays open until the last moment. One song is committed, that is handed to Spotify's player
    queue, about 15 s before the current one ends (half-way through a song shorter than 30 s); never two at a time,
    because nothing can be taken back from Spotify's queue.
  - The intent is recorded before the call: the song is committed PENDING, then sent, then SENT. If Spotify definitely did
    not take it, it returns to the queue with its likes. If nobody knows, it is UNKNOWN, and is looked for at Spotify before
    anything is repeated; so is a PENDING one that is found at the start, left by a crash between intent and answer.
  - A song that may have been heard since it was sent, in full or until somebody skipped it, is taken as played: playing a
    song twice is worse than missing one (heard.go).
  - A song that Spotify does not have, or accepts and never plays, lets others go first, and leaves the queue after some tries.
  - When nothing plays, the next song is played directly. It is committed first too.
  - A host who pauses is obeyed: nothing is sent. A host who plays something else is obeyed: the room's next song follows
    near the end of it, as after any other.
  - A committed song that the host removed is skipped, once, as soon as it plays.
  - What is shown (jukebox.Playback) is written when its meaning changes: status, song, device, delivery or health, or a
    progress that jumped. Progress that runs on as expected is not written.
  - Health says what is wrong while it is, and returns to OK by itself. What fails is tried again after growing times, or
    when Spotify says so.
  - When a room closes, or the server stops, the music goes on. A closed room's playlist is put away, also if it was asleep.

# Two deliveries

A host may want songs in a playlist instead. Then a song is committed about 45 s before the current one ends, to the end of
the playlist ANTWON-<code>, which is made for the room. The host presses play on it once: players that were told to play a
playlist notice additions less often. Where the player goes on to something else all the same, or stops, its songs go to
its queue from then on; where Spotify lets the app write no playlist, likewise; and where it starts nothing for a host
without Premium, the playlist is what is left. Each committed song remembers which way it went.

# Hosts' commands

Skip, pause, resume and transfer come as rows of the room's state, oldest first. Each is done when the player is seen doing
it. It is sent, looked for, sent once more if nothing shows, and otherwise answered with what failed; never repeated
unseen, and not begun once the host has stopped waiting.

# Devices and fallback music

Where no device is active and there is something to hear, devices are asked for, once a minute at most. If exactly one
takes commands, the music moves there silently, and goes on if it is seen to stand amid the song, except that what a host
paused stays paused.

When nothing waits and the last song nears its end, other music is looked for and put into the queue, where it gives way to
all that somebody adds or likes. Of a playlist that the host has chosen three songs stand there in advance while a song of the room
plays. Such music begins on no device that has to be woken, unless the host presses play. After forty such songs in a row
everybody has left, and it ends.

# Looking

Spotify tells nothing by itself and limits how often it may be asked. So the player is looked at when something is about to
happen: when it is time to commit, just after the end of a song, just after a command; and now and then in between.
A change of the room makes the driver decide again on what it saw last. Only when that calls for a command does it look
again first: a command always rests on a look that is no older than a second and newer than the command before.

A room where nothing has played for a quarter of an hour, and that nobody follows here, falls asleep: nothing of it stays
but an entry in a map. Whatever happens in it wakes it.

# Leases

Of several servers one drives a room. Each is a node that renews its life every two seconds, by the database's clock; a room
whose node said nothing for five seconds is another's, under the next epoch. Every step is recorded under the epoch of its
lease, so that of a node that was only asleep is refused; and such a node sends nothing to Spotify once its own clock says
that its life may be over. What it had sent before is looked for when it cannot be under way any more.

# Goroutines

[Supervisor.Run] owns a goroutine that tends to the node and looks for rooms, and one for each room that is awake here, and
waits for them all. They share nothing; which rooms there are is known to Run's own goroutine alone (desk). A command that
was begun is finished and its outcome recorded, even if the context ends meanwhile, within a few seconds.
*/
package playback
