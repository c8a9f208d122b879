/*
Package live turns hints about changes into states for watchers.

A writer changes something in the database, commits, and publishes a [Hint] on a [Bus]: this topic now has that version.
A [Hub] keeps a feed for every topic that has watchers. When a hint arrives, the feed loads the newest state from its
[Source] and hands it to all its watchers. Only the source is authoritative. Hints may be lost, duplicated or reordered:
that can delay a state, but never makes one wrong.

# What a watcher can rely on

A [Watcher] is a cursor, not a mailbox: it remembers the version it delivered last, and Next returns the newest state as
soon as that state is newer.

  - Order: the versions that one watcher delivers strictly increase. A feed never goes back: when a load returns a state
    that is older than the feed's, for whatever reason, the feed ignores it.
  - No history: a watcher gets the newest version, not every version. A slow watcher skips versions. The hub does not
    buffer for it, does not disconnect it and does not wait for it.
  - Freshness at the start: for a topic without a feed, Watch starts a load and waits for it. For a topic with a feed,
    Watch returns once every hint that reached the hub before the call is answered: either the feed has the hinted
    version, or a load that began after the hint has returned. So a caller that changes something, publishes on a
    [LocalBus] and then calls Watch sees the change. If that load fails, Watch returns its error. If the hint was lost
    or has not arrived yet, the new watcher begins with the feed's present state and gets the change when the other
    watchers do.
  - Freshness afterwards: a hint for an idle feed is loaded at once. After each load the feed pauses for
    Options.Interval; then one load answers all hints that arrived during the pause. A change whose hint was lost is
    found within Options.Reconcile, when the hub asks the source for the versions of all feeds in one call.
  - Failures: when a load fails, the watchers keep their state and are not told. The load is retried after a jittered
    delay that doubles from 0.1 s to 5 s; hints that arrive meanwhile do not shorten it. The first failure is logged,
    and so is the first success after it. Only a feed's first load has no earlier state to fall back on: its error is
    returned by every Watch that waits for it, and the feed is removed.
  - Wrong hints: a hint for a version that the source does not return (because the hint was wrong, or the source lags)
    causes one load and is then forgotten. A version that was hidden by the lag is found within Options.Reconcile.
  - Affected users: a hint may name the users affected by its changes, and a load can ask for the users affected by the
    changes that it loads ([AffectedUsers]). If hints were lost, duplicated, reordered or have not arrived yet, the
    answer may name too many users, but never too few: a version that no hint announced affects everybody. The answer
    also says whether all of these changes are minor. A version that no hint announced does not count as minor. A feed
    keeps at most 64 hints for a load, and discards the hints that a load has answered.
  - Rollbacks: if the source goes back to an older version, as after a backup was restored, watchers keep their newer
    state until the source has a version above it. Options.OnRollback is called within Options.Reconcile, so that the
    program can raise the version.
  - Deleted topics: if the source no longer knows a topic, its watchers keep their last state. A source whose watchers
    have to notice a deletion gives the topic a last version that says so.

A feed stays for Options.Linger after its last watcher has been closed. It loads nothing during that time, but remembers
that it has to. The next watcher then waits for that one load, which fetches only the difference, or for nothing at all.

# Moments

A [Moment] is a message about what just happened. It is stored nowhere and may be lost. It travels over a [MomentBus],
which has nothing to do with hubs and feeds. The sender bounds how many there are; the receiver decides what to do with
them.

# What may block what

Nothing blocks a publisher: a hint costs the hub a map look-up and, if the topic has a feed, a comparison, an entry in a
short list and a token in a channel. A slow watcher blocks nobody. A slow load delays its own topic and every Watch
that waits for it, but no other topic. A load belongs to the hub and not to a watcher: neither a watcher's context
nor its Close cancels it. Options.OnLoad and Options.Log are called by the feed's goroutine and delay it;
Options.OnRollback delays reconciling. Hub.Reconcile only sends a token and returns.

# Goroutines

There is one goroutine per feed and one that reconciles. Hub.Close cancels their context and waits for all of them, so
the source has to return when its context ends. A watcher has no goroutine. A Next or Watch that waits does so in its
caller's goroutine and returns [ErrClosed] when the hub is closed. A caller that waits for several things at once uses
the channels of Newest and Done instead.

# The mutex

There is one, Hub.mu. It guards the map of feeds and those fields of a feed that are marked as guarded by it. It is held
for a few lines that touch memory only, never during a call to the source, the bus, a function of Options or a watcher.
The methods that need their caller to hold it say so (addWatcher, removeWatcher, receiveHint, signal, recordHint and
discardAnsweredHints of a feed). A source that asks for AffectedUsers takes it while a list of hints is copied.

Reading a state does not need the mutex: a feed's newest state is an atomic pointer to an immutable value, which holds
the channel that is closed when the value is replaced. Only the feed's goroutine stores that pointer.
*/
package live
