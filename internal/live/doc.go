/*
Package live turns hints into states for those who watch.

Somebody changes something in the database, commits, and publishes a [Hint] on a [Bus]: this topic now has that version.
A [Hub] keeps a feed for every topic that is watched. On a hint the feed loads the newest state from its [Source] and
shows it to all its watchers. The source is the truth and a hint is only a hint: losing, doubling or reordering hints may
cost time, never correctness.

# What a watcher is promised

A [Watcher] is a cursor, not a mailbox: it remembers the version it delivered last, and Next returns the newest state as
soon as that is newer.

  - Order: the versions one watcher delivers strictly increase. A feed never goes back: a load that returns something older
    than the feed has, however that came about, is ignored.
  - No history: a watcher is not promised every version, only the newest. A slow one skips ahead; it is never buffered
    for, never cut off, and nobody waits for it.
  - Freshness at the start: Watch on a topic without a feed loads after it was called. Watch on a running feed returns when
    every hint that had reached the hub before is answered: the feed has that version, or a load that began after the hint
    has returned. So whoever changes something, publishes on a [LocalBus] and then watches sees the change. If that load
    fails, Watch fails with its error. Where the hint was lost or is still travelling, the joiner begins with what the feed
    has and gets the rest like everybody else.
  - Freshness afterwards: a hint for an idle feed is loaded at once. After each load the feed pauses for Options.Interval;
    then it loads once for all the hints that came meanwhile. A change whose hint was lost is found within
    Options.Reconcile, when the versions of all feeds are asked for in one call.
  - Failure: when a load fails, watchers keep their state and notice nothing. It is tried again after a jittered time that
    doubles from 0.1 s to 5 s, whatever is hinted meanwhile, and is logged once, and once more when it works again. Only a
    feed's first load has nothing to fall back on: its error goes to every Watch that waits, and the feed is not kept.
  - A hint for a version that the source then does not return (it was wrong, or the source lags) makes one load, and is
    forgotten. What the lag hid is found within Options.Reconcile.
  - Whom it concerns: a hint may say for whom its changes mean something, and a load can ask whom those changes concern that
    it brings ([Touched]). Where hints were lost, doubled, reordered or are still travelling, more are named than necessary,
    and never fewer: a version that no hint announced concerns everybody. A feed keeps at most 64 hints for a load, and
    those that a load has answered no longer.
  - A topic that is gone from the source changes nothing: its watchers keep the last state. If that should mean something
    to them, let the last change of a topic be a version that says so.

A feed outlives its last watcher by Options.Linger. It loads nothing in that time, but remembers that it should; who comes
back waits for that one load, which has only the difference to fetch, or for nothing at all.

# Who may block whom

Nobody blocks the publisher: for a hub a hint costs a map look-up, and for a watched topic a comparison, a place in a short
list and a token in a channel. A slow watcher blocks nobody. A slow load delays its own topic and those who wait in Watch for it, no other topic.
A load belongs to the hub and not to a watcher: no watcher's context and no watcher's Close cuts it off. Options.OnLoad and
Options.Log run in the feed's goroutine and delay it. Hub.Reconcile only leaves a token and returns.

# Goroutines

There is one goroutine per feed and one that reconciles. Close ends their context and waits for them all; so the source
must return when its context ends. A watcher has no goroutine; a Next or Watch that waits is its caller's and returns
[ErrClosed] when the hub closes. Who waits for several things at once takes Newest's channel and Done's instead.

# The mutex

There is one, Hub.mu. It guards the map of feeds and the fields of a feed that say so. It is held for a few lines that
touch memory, and never while the source, the bus, a function of Options or a watcher is waited for; the methods that need
it held by their caller (join, leave, hint, poke, hear, forget) say so. A source that asks Touched takes it for as long as
a list of hints is copied. What watchers read does not need it: a feed's newest state is an
atomic pointer to an immutable value, which carries the channel that is closed when it is replaced. It is stored by the
feed's goroutine alone.
*/
package live
