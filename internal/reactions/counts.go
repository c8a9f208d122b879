package reactions

import (
	"encoding/json"

	"antwon.dj/backend/internal/party"
)

// counts are numbers of reactions. A kind that is missing was not sent.
type counts map[party.Reaction]int

// encode returns the counts as the data of a moment.
func (c counts) encode() []byte {
	data, err := json.Marshal(c)
	if err != nil {
		panic(err) // cannot happen: these are texts and numbers
	}
	return data
}

// decode returns the counts in the data of a moment. It leaves out kinds that only other versions of the program know,
// and values that are no counts.
func decode(data []byte) counts {
	var sent counts
	if json.Unmarshal(data, &sent) != nil {
		return nil
	}
	known := counts{}
	for _, kind := range party.Reactions() {
		if n := min(sent[kind], MaxCount); n > 0 {
			known[kind] = n
		}
	}
	return known
}

// since returns how much greater c is than earlier counts, at most by MaxCount for each kind.
func (c counts) since(earlier counts) (list []party.ReactionCount) {
	for _, kind := range party.Reactions() {
		if n := min(c[kind]-earlier[kind], MaxCount); n > 0 {
			list = append(list, party.ReactionCount{Reaction: kind, Count: n})
		}
	}
	return list
}
