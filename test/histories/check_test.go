package histories_test

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// check returns everything in a history that must not have happened.
func (h *history) check() []violation {
	var found []violation
	for _, check := range []func(*history) []violation{
		checkLikes, checkSettings, checkAdds, checkRemovals, checkLikeEvents, checkJoins, checkLimits, checkFollowers,
		checkVersions, checkDrivers, checkHeard, checkRecovery,
	} {
		found = append(found, check(h)...)
	}
	return found
}

// about returns the acts for which wanted returns true.
func (h *history) about(wanted func(act) bool) (found []act) {
	for _, a := range h.acts {
		if wanted(a) {
			found = append(found, a)
		}
	}
	return found
}

// count returns how many of the acts have certainly taken effect, and how many may have, including those.
func count(acts []act) (certain, possible int) {
	for _, a := range acts {
		switch a.outcome {
		case done:
			certain, possible = certain+1, possible+1
		case unknown:
			possible++
		}
	}
	return certain, possible
}

func (h *history) events(kinds ...string) (found []event) {
	for _, e := range h.log {
		if slices.Contains(kinds, e.kind) {
			found = append(found, e)
		}
	}
	return found
}

// checkAdds compares the songs that were added with the acts: none must be lost, or be added twice or after a refusal.
func checkAdds(h *history) (found []violation) {
	const name = "adds"
	type who struct{ user, song string }
	added, acts := map[who]int{}, map[who][]act{}
	items := map[string]int{}
	for _, e := range h.events("ADDED") {
		added[who{e.user, e.song}]++
		items[e.item]++
	}
	for _, a := range h.about(func(a act) bool { return a.kind == "add" }) {
		acts[who{a.user, a.song}] = append(acts[who{a.user, a.song}], a)
		if a.outcome == done && items[a.item] == 0 {
			found = append(found, violation{name, "an acknowledged song is not in the log: it was lost", []act{a}})
		}
	}
	for w := range maps.Keys(acts) {
		certain, possible := count(slices.DeleteFunc(slices.Clone(acts[w]), func(a act) bool { return a.already }))
		if n := added[w]; n < certain || n > possible {
			found = append(found, violation{name, fmt.Sprintf(
				"%s added %s %d times by the log, and %d to %d times by the answers", w.user, w.song, n, certain, possible),
				acts[w]})
		}
		delete(added, w)
	}
	for w, n := range added {
		says := fmt.Sprintf("%s added %s %d times by the log, and never asked", w.user, w.song, n)
		found = append(found, violation{name, says, nil})
	}
	return found
}

// checkRemovals does what checkAdds does for songs that were removed or withdrawn. Removing a song that is already
// removed is acknowledged, too, so an acknowledgement only means that somebody has removed the song.
func checkRemovals(h *history) (found []violation) {
	const name = "removals"
	gone := map[string][]event{}
	for _, e := range h.events("REMOVED", "WITHDRAWN", "PASSED_ON") {
		gone[e.item] = append(gone[e.item], e)
	}
	acts := map[string][]act{}
	for _, a := range h.about(func(a act) bool { return a.kind == "remove" }) {
		acts[a.item] = append(acts[a.item], a)
	}
	for item, removals := range acts {
		certain, _ := count(removals)
		if certain > 0 && len(gone[item]) == 0 {
			found = append(found, violation{name, "an acknowledged removal of " + item + " is not in the log", removals})
		}
	}
	for item, events := range gone {
		users := map[string]int{}
		out := 0
		for _, e := range events {
			users[e.user]++
			if e.kind != "PASSED_ON" {
				out++
			}
		}
		if out > 1 {
			found = append(found, violation{name, fmt.Sprintf("%s was removed %d times", item, out), acts[item]})
		}
		for user, n := range users {
			own := slices.DeleteFunc(slices.Clone(acts[item]), func(a act) bool { return a.user != user })
			if _, possible := count(own); n > possible {
				found = append(found, violation{name, fmt.Sprintf(
					"%s removed %s %d times by the log, and at most %d times by the answers", user, item, n, possible), own})
			}
		}
	}
	return found
}

// checkLikeEvents checks that the log has no like twice, and none that nobody asked for. If a user likes and unlikes a
// song again and again, the log has only the last like and the last unlike.
func checkLikeEvents(h *history) (found []violation) {
	const name = "like events"
	type who struct{ user, item string }
	likes, songs := map[who]int{}, map[string]string{}
	seen := map[who]map[string]bool{} // by kind
	for _, e := range h.log {
		w := who{e.user, e.item}
		switch {
		case e.kind == "ADDED":
			songs[e.item] = e.song
		case e.kind == "LIKED" || e.kind == "UNLIKED":
			if seen[w][e.kind] {
				found = append(found, violation{name, fmt.Sprintf("%s has %s %s twice", w.user, e.kind, w.item),
					h.about(func(a act) bool { return a.user == w.user && a.item == w.item })})
			}
			if seen[w] == nil {
				seen[w] = map[string]bool{}
			}
			seen[w][e.kind] = true
			if e.kind == "LIKED" {
				likes[w]++
			}
		case e.kind == "PASSED_ON":
			delete(seen, w)
		}
	}
	for w, n := range likes {
		own := h.about(func(a act) bool {
			return a.user == w.user && (a.item == w.item || a.kind == "add" && a.song == songs[w.item])
		})
		_, possible := count(slices.DeleteFunc(slices.Clone(own), func(a act) bool {
			return a.kind != "like" && (a.kind != "add" || a.outcome == done && (!a.already || a.item != w.item))
		}))
		if n > possible {
			found = append(found, violation{name, fmt.Sprintf(
				"%s liked %s %d times by the log, and at most %d times by the answers", w.user, w.item, n, possible), own})
		}
	}
	return found
}

// checkJoins checks how many members each name has: one if joining was acknowledged, none if it was refused, and
// otherwise one or none, because joining has no idempotency key and the answer may have been lost.
func checkJoins(h *history) (found []violation) {
	for _, a := range h.about(func(a act) bool { return a.kind == "join" }) {
		n := h.members[a.user]
		if a.outcome == done && n != 1 || a.outcome == refused && n != 0 || n > 1 {
			found = append(found, violation{"joins", fmt.Sprintf("%d members are called %s", n, a.user), []act{a}})
		}
	}
	return found
}

// stay is an item and the time during which it waits. A zero end means that the item still waits.
type stay struct {
	song, owner string
	from, to    time.Time
}

// checkLimits replays the log, and checks for each song that was added that the limits allowed it at that moment.
func checkLimits(h *history) (found []violation) {
	started := map[string]time.Time{}
	for _, p := range h.plays {
		started[p.item] = p.started
	}
	waiting, adds := map[string]*stay{}, map[string][]time.Time{}
	for _, e := range h.log {
		switch e.kind {
		case "ADDED":
			found = append(found, h.exceeded(e, waiting, adds[e.user])...)
			adds[e.user] = append(adds[e.user], e.at)
			waiting[e.item] = &stay{e.song, e.user, e.at, started[e.item]}
		case "PASSED_ON":
			if s := waiting[e.item]; s != nil {
				s.owner = e.subject
			}
		case "REMOVED", "WITHDRAWN", "REFUSED":
			if s := waiting[e.item]; s != nil && s.to.IsZero() {
				s.to = e.at
			}
		}
	}
	return found
}

// exceeded returns a violation for each limit that was exceeded by the song that an event added.
func (h *history) exceeded(e event, waiting map[string]*stay, adds []time.Time) (found []violation) {
	fail := func(format string, args ...any) {
		found = append(found, violation{"limits", fmt.Sprintf(format, args...), h.about(func(a act) bool {
			return a.kind == "add" && a.user == e.user && h.began.Add(a.begin).Before(e.at.Add(time.Second))
		})})
	}
	all, own := 0, 0
	for _, s := range waiting {
		if s.to.IsZero() || s.to.After(e.at) {
			all++
			if s.owner == e.user {
				own++
			}
		}
	}
	if all >= h.limits.queue {
		fail("%s added %s although %d songs waited; the limit is %d", e.user, e.item, all, h.limits.queue)
	}
	if own >= h.limits.perGuest && e.user != hostName {
		fail("%s added %s although %d of their songs waited; the limit is %d", e.user, e.item, own, h.limits.perGuest)
	}
	for i, first := range adds {
		n, allowed := len(adds)-i+1, h.limits.perHour+int(e.at.Sub(first).Hours()*float64(h.limits.perHour))
		if n > allowed && e.user != hostName {
			fail("%s added %d songs within %v; the limit is %d", e.user, n, e.at.Sub(first), allowed)
			break
		}
	}
	for _, p := range h.plays {
		if since := e.at.Sub(p.started); p.song == e.song && since > 0 && since < h.limits.cooldown {
			fail("%s added %s %v after %s had played; the cooldown is %v", e.user, e.item, since, p.item, h.limits.cooldown)
		}
	}
	return found
}

// checkFollowers checks that all who saw a version saw the same queue, that nobody went back to an older version, and
// that no follower lags behind at the end.
func checkFollowers(h *history) (found []violation) {
	const name = "followers"
	first := map[int64]*observer{}
	for _, o := range h.observers {
		if !slices.IsSorted(o.versions) {
			says := fmt.Sprintf("%s went back to an older version: %v", o.name, backwards(o.versions))
			found = append(found, violation{name, says, nil})
		}
		for _, version := range slices.Sorted(maps.Keys(o.saw)) {
			other := first[version]
			if other == nil {
				first[version] = o
			} else if other.saw[version] != o.saw[version] {
				found = append(found, violation{name, fmt.Sprintf("at version %d %s saw\n    %s\n  and %s\n    %s", version,
					other.name, other.saw[version], o.name, o.saw[version]), nil})
				break
			}
		}
	}
	for _, o := range h.lagging {
		found = append(found, violation{name, o, nil})
	}
	return found
}

// backwards returns the first version that is lower than the one before it, after that one.
func backwards(versions []int64) []int64 {
	for i := 1; i < len(versions); i++ {
		if versions[i] < versions[i-1] {
			return versions[i-1 : i+1]
		}
	}
	return nil
}

// checkHeard checks that no song was heard twice. If the history is shorter than the cooldown, no recording can be
// added again after it was played.
func checkHeard(h *history) (found []violation) {
	times := map[string]int{}
	for _, song := range h.heard {
		if times[song]++; times[song] == 2 {
			found = append(found, violation{"heard", song + " was heard twice", h.about(func(a act) bool {
				return a.kind == "add" && a.song == song
			})})
		}
	}
	return found
}

// checkRecovery checks that each server acknowledged an act after each fault.
func checkRecovery(h *history) (found []violation) {
	for _, f := range h.faults {
		if f.recovery < 0 {
			found = append(found, violation{"recovery", fmt.Sprintf("%v: some of the servers %v never acknowledged an act again",
				f, f.servers), nil})
		}
	}
	return found
}
