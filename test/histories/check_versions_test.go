package histories_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkVersions checks that the versions of the room form one chain without a gap, which means that something was
// written with each of them. Writes of presence and names do not store a version, so each of them explains one version
// of the same transaction.
func checkVersions(h *history) (found []violation) {
	fail := func(format string, args ...any) {
		found = append(found, violation{"versions", fmt.Sprintf(format, args...), nil})
	}
	written := map[int64]bool{}
	for _, r := range h.witness {
		written[r.new] = written[r.new] || r.kind == "row"
	}
	raised, unnumbered := h.raises()
	for i, r := range raised {
		if i > 0 && r.old != raised[i-1].new {
			fail("the version was raised from %d to %d after it had been %d", r.old, r.new, raised[i-1].new)
		}
		for v := r.old + 1; v <= r.new; v++ {
			switch {
			case written[v]:
			case unnumbered[i] > 0: // written before the version was raised to that of the last change in the group
				unnumbered[i]--
			case unnumbered[i+1] > 0: // written after the version was raised to take the lock
				unnumbered[i+1]--
			default:
				fail("nothing was written with the version %d", v)
			}
		}
	}
	return found
}

// raises returns the writes that raised the version, and how many writes without a version came before each of them and
// after the last one. It leaves out a version that is taken back at once, which happens if members cannot see the
// change.
func (h *history) raises() (raised []row, unnumbered []int) {
	unnumbered = []int{0}
	for _, r := range h.witness {
		last := len(raised) - 1
		switch {
		case r.kind == "unnumbered":
			unnumbered[len(raised)]++
		case r.kind == "version" && last >= 0 && r.new == raised[last].old && r.old == raised[last].new:
			raised, unnumbered = raised[:last], unnumbered[:len(raised)]
		case r.kind == "version":
			raised, unnumbered = append(raised, r), append(unnumbered, 0)
		}
	}
	return raised, unnumbered
}

// checkDrivers checks that only the server that has the lease records steps of the player and sends commands.
func checkDrivers(h *history) (found []violation) {
	const name = "drivers"
	var leases []row
	for _, r := range h.witness {
		switch {
		case r.kind == "lease":
			if len(leases) > 0 && r.new <= leases[len(leases)-1].new {
				found = append(found, violation{name, fmt.Sprintf("the epoch %d was given away again", r.new), nil})
			}
			leases = append(leases, r)
		case r.kind == "step" && (len(leases) == 0 || leases[len(leases)-1].server != r.server):
			found = append(found, violation{name, fmt.Sprintf("%s wrote %s at %s without the lease: %s", r.server, r.what,
				span(r.at.Sub(h.began), r.at.Sub(h.began)), leasesSay(leases)), nil})
		}
	}
	for _, c := range h.commands {
		before := slices.DeleteFunc(slices.Clone(leases), func(l row) bool { return l.at.After(c.at) })
		if len(before) == 0 || before[len(before)-1].server == c.server || h.justThawed(c) {
			continue
		}
		found = append(found, violation{name, fmt.Sprintf("%s sent %s at %s without the lease: %s", c.server, c.what,
			span(c.at.Sub(h.began), c.at.Sub(h.began)), leasesSay(before)), nil})
	}
	return found
}

// justThawed reports whether the server that sent a command was suspended just before. A suspended server may send a
// command after it has lost the lease: if it is suspended between checking the clock and writing to the socket, nothing
// can stop the command (docs/adr/010-leases.md).
func (h *history) justThawed(c command) bool {
	at := c.at.Sub(h.began)
	return slices.ContainsFunc(h.faults, func(f fault) bool {
		return strings.HasPrefix(f.kind, "freeze") && f.what == c.server && f.begin < at && at < f.end+2*time.Second
	})
}

func leasesSay(leases []row) string {
	if len(leases) == 0 {
		return "nobody had it"
	}
	l := leases[len(leases)-1]
	return fmt.Sprintf("%s had it, with epoch %d", l.server, l.new)
}
