/*
Package playback drives the hosts' players, so that in every open room the next song of the queue follows the current one.

It has two halves. [Decide] is a pure function: what the player was seen doing, what the room's queue says, a small memory,
and the time go in; what to record, what to ask of Spotify, and when to look again come out. A [Supervisor] does the
rest: one goroutine per open room looks, decides, records and asks, in that order.

# What a room is promised

  - The order of the queue stays open until the last moment. One song is committed, that is handed to Spotify's player
    queue, about 15 s before the current one ends (half-way through a song shorter than 30 s); never two at a time,
    because nothing can be taken back from Spotify's queue.
  - The intent is recorded before the call: the song is committed PENDING, then sent, then SENT. If Spotify definitely did
    not take it, it returns to the queue with its likes. If nobody knows, it is UNKNOWN, and is looked for at Spotify before
    anything is repeated; so is a PENDING one that is found at the start, left by a crash between intent and answer.
  - A song that may have been heard in full since it was sent is taken as played: playing a song twice is worse than
    missing one.
  - When nothing plays, the next song is played directly. It is committed first too.
  - A host who pauses is obeyed: nothing is sent. A host who plays something else is obeyed: the room's next song follows
    near the end of it, as after any other.
  - A committed song that the host removed is skipped, once, as soon as it plays.
  - What is shown (jukebox.Playback) is written when its meaning changes: status, song, device or health, or a progress
    that jumped. Progress that runs on as expected is not written.
  - Health says what is wrong while it is, and returns to OK by itself. What fails is tried again after growing times, or
    when Spotify says so.
  - When a room closes, or the server stops, the music goes on.

# Looking

Spotify tells nothing by itself and limits how often it may be asked. So the player is looked at when something is about to
happen: when it is time to commit, just after the end of a song, just after a command; and now and then in between.
A change of the room makes the driver decide again on what it saw last. Only when that calls for a command does it look
again first: a command always rests on a look that is no older than a second and newer than the command before.

# Goroutines

[Supervisor.Run] owns one goroutine per open room and waits for them all. They share nothing. A command that was begun is
finished and its outcome recorded, even if the context ends meanwhile, within a few seconds.
*/
package playback
