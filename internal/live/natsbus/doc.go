/*
Package natsbus implements a live.Bus and a live.MomentBus that connect several processes over NATS.

When Publish returns, a hint has reached every subscriber in the publishing process, exactly as with a live.LocalBus.
The bus then sends it to the other processes, which deliver it to their subscribers when it arrives. A process does not
receive its own hints.

# Guarantees

  - Publish never waits for the network. Hints to be sent wait in a short queue; a hint that finds it full is dropped.
  - A hint that cannot be sent now is dropped, too. Nothing is kept while NATS is unreachable: hints of a minute ago are
    worthless, because the hubs have found the changes by reconciling.
  - A Bus works from the moment it is created, whether NATS is reachable or not. Connect makes one attempt, which takes
    a few seconds at most. If it fails, attempts continue in the background, without end, at random intervals of 0.5 to
    1 s, so that many processes do not reconnect at the same moment.
  - After each successful attempt, the first included, Options.OnConnect is called once the server has confirmed the
    subscription. Hints published after that arrive; changes whose hints were published before can be found by
    reconciling.
  - A message that is not a valid hint is counted and ignored. A hint for more users than fit is sent as one for
    everybody.
  - The log says once that the connection was lost, once that it is back, and at most once a minute that hints are lost
    because this process is too slow or lacks a permission. It never shows a password.
  - Moments travel like hints, on a subject and through queues of their own. One that cannot be sent or delivered at
    once is lost, and nothing is logged or counted.

So an outage of NATS costs time and nothing else: each process still gets its own hints at once, and finds the changes
of others within the interval at which its hub reconciles.

# Goroutines

A Bus has one goroutine that sends, one that receives, and those of its NATS connection. Subscribers are called by the
goroutine that publishes and by the one that receives; OnConnect is called by a goroutine of the connection. Close ends
them all and waits for them, so none of them may call Close.
*/
package natsbus
