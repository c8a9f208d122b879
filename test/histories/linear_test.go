package histories_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// checkTime is the longest time of the search for an order of the acts on one item.
const checkTime = 20 * time.Second

// userSet is a set of users by their numbers. It is comparable, as states of a model have to be.
type userSet [4]uint64

func (s userSet) with(n int) userSet    { s[n/64] |= 1 << (n % 64); return s }
func (s userSet) without(n int) userSet { s[n/64] &^= 1 << (n % 64); return s }
func (s userSet) has(n int) bool        { return s[n/64]&(1<<(n%64)) != 0 }

func (s userSet) size() (n int) {
	for u := range len(s) * 64 {
		if s.has(u) {
			n++
		}
	}
	return n
}

// step is an operation on one item in the model.
type step struct {
	kind  string // like, unlike, remove, withdraw, read, or add, which is a like if the item can still be liked
	user  int
	likes int // read: the number of likes that was read; -1: only liked was read
	liked bool
	maybe bool // its outcome is unknown
}

// likesModel is the specification of one item's likes: the set of users who like it.
var likesModel = porcupine.NondeterministicModel{
	Init: func() []any { return []any{userSet{}} },
	Step: func(state, input, _ any) []any {
		likes, s := state.(userSet), input.(step)
		var after []any
		switch s.kind {
		case "like":
			after = []any{likes.with(s.user)}
		case "unlike":
			after = []any{likes.without(s.user)}
		case "add":
			after = []any{likes, likes.with(s.user)}
		case "withdraw": // if others like the item, it passes to one of them, and loses the like of its adder
			after = []any{likes, likes.without(s.user)}
		case "read":
			if s.likes >= 0 && likes.size() != s.likes || likes.has(s.user) != s.liked {
				return nil
			}
			return []any{likes}
		}
		if s.maybe {
			after = append(after, likes)
		}
		return after
	},
}

// checkLikes looks, for each item, for an order of all acts that explains all answers.
func checkLikes(h *history) (found []violation) {
	songs := map[string][]string{} // the items of a song
	for _, e := range h.events("ADDED") {
		songs[e.song] = append(songs[e.song], e.item)
	}
	items := map[string][]act{}
	for _, a := range h.acts {
		switch {
		case a.kind == "read" && a.outcome != done, a.outcome == refused:
		case a.kind == "add" && a.outcome == unknown:
			for _, item := range songs[a.song] {
				items[item] = append(items[item], a)
			}
		case a.kind == "add" && !a.already:
		case slices.Contains([]string{"like", "unlike", "read", "remove", "add"}, a.kind):
			items[a.item] = append(items[a.item], a)
		}
	}
	for item, acts := range items {
		result := porcupine.CheckOperationsTimeout(likesModel.ToModel(), operations(acts), checkTime)
		if result != porcupine.Ok {
			acts, result = shortest(acts, result)
			found = append(found, violation{"likes", fmt.Sprintf("no order of the acts on %s explains the answers (%s)",
				item, result), acts})
		}
	}
	return found
}

// shortest returns the acts up to the first read that cannot be explained.
func shortest(acts []act, result porcupine.CheckResult) ([]act, porcupine.CheckResult) {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b act) int { return int(a.end - b.end) })
	for n := range acts {
		end := acts[n].end
		begun := slices.DeleteFunc(slices.Clone(acts), func(a act) bool {
			return a.begin > end || a.end > end && a.likes >= 0
		})
		if r := porcupine.CheckOperationsTimeout(likesModel.ToModel(), operations(begun), checkTime); r == porcupine.Illegal {
			return begun, r
		}
	}
	return acts, result
}

// operations translates acts into operations of the model. If the answer to an act shows likes, it also becomes a read,
// within the time of the act.
func operations(acts []act) (all []porcupine.Operation) {
	users := map[string]int{}
	for _, a := range acts {
		n, ok := users[a.user]
		if !ok {
			n = len(users)
			users[a.user] = n
		}
		s := step{kind: a.kind, user: n, likes: a.likes, liked: a.liked, maybe: a.outcome == unknown}
		end := int64(a.end)
		if s.maybe {
			end = math.MaxInt64
		}
		if a.kind == "remove" {
			s.kind = "withdraw"
		}
		all = append(all, porcupine.Operation{ClientId: n, Input: s, Call: int64(a.begin), Return: end})
		if a.kind != "read" && a.outcome == done && a.likes >= 0 {
			s.kind = "read"
			all = append(all, porcupine.Operation{ClientId: n, Input: s, Call: int64(a.begin), Return: end})
		}
	}
	return all
}

// settingModel is the specification of a setting: a register.
var settingModel = porcupine.NondeterministicModel{
	Step: func(state, input, _ any) []any {
		a := input.(act)
		switch {
		case a.kind == "set" && a.outcome == unknown:
			return []any{state, a.value}
		case a.kind == "set":
			return []any{a.value}
		case state.(int) == a.value:
			return []any{state}
		}
		return nil
	},
}

// checkSettings looks for an order of all updates and reads of a setting.
func checkSettings(h *history) (found []violation) {
	acts := h.about(func(a act) bool {
		return a.kind == "set" && a.outcome != refused || a.kind == "read setting" && a.outcome == done
	})
	var all []porcupine.Operation
	for _, a := range acts {
		end := int64(a.end)
		if a.outcome == unknown {
			end = math.MaxInt64
		}
		all = append(all, porcupine.Operation{Input: a, Call: int64(a.begin), Return: end})
	}
	model := settingModel
	model.Init = func() []any { return []any{h.first} }
	if result := porcupine.CheckOperationsTimeout(model.ToModel(), all, checkTime); result != porcupine.Ok {
		says := fmt.Sprintf("no order of the updates explains what was read (%s)", result)
		found = append(found, violation{"settings", says, acts})
	}
	return found
}
