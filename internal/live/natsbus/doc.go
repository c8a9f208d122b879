/*
Package natsbus is a live.Bus among several processes, over NATS.

A hint that is published here has reached every subscriber of this process when Publish returns, exactly as on a
live.LocalBus, and is then sent to the other processes; theirs are delivered when they arrive. A hint of one's own does not
come back.

# What it promises

  - Publish never waits for the network: hints to be sent stand in a short queue, and one that finds it full is dropped.
  - A hint that cannot be sent now is dropped too. While NATS is away nothing is kept: hints of a minute ago are worth
    nothing, since whoever missed them has found out by reconciling.
  - A Bus works as soon as it is made, whether NATS is there or not. Connect tries once, which takes a few seconds at most
    where nobody answers; everything after that happens in the background, for ever, at intervals of 0.5 to 1 s that are
    drawn by lot, so that many processes do not come back in the same moment.
  - Whenever the connection stands, the first time and each time again, Options.OnReconnect is called once the server has
    taken the subscription: what was published from then on arrives, and what was published before can be asked for.
  - What arrives and is no hint is counted and ignored. A hint for many users is sent as one for everybody.
  - The logs say once when the connection is lost, once when it is back, and now and then that hints are lost because this
    process is too slow or not permitted to; never a password.

So losing NATS costs time and nothing else: each process still has its own hints at once, and those of others within the
interval at which hubs reconcile.

# Goroutines

A Bus has one goroutine that sends and one that receives, and those of its connection. Subscribers are called by whoever
publishes, and by the one that receives; OnReconnect by a goroutine of the connection. Close ends them all and waits for
them; it must not be called by any of them.
*/
package natsbus
