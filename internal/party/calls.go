package party

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CallCount counts the calls of one room to Spotify in the last hour, by minutes. The zero value says that nothing is
// known.
type CallCount struct {
	Minute    int64 // the newest that is counted, since the epoch
	PerMinute [60]uint16
}

// String returns the count as ParseCallCount reads it: all numbers, separated by spaces.
func (c CallCount) String() string {
	return fmt.Sprint(c.Minute, " ", strings.Trim(fmt.Sprint(c.PerMinute), "[]"))
}

// ParseCallCount returns the count that String has written, and the zero value for anything else.
func ParseCallCount(text string) (c CallCount) {
	fields := strings.Fields(text)
	if len(fields) != 1+len(c.PerMinute) {
		return CallCount{}
	}
	c.Minute, _ = strconv.ParseInt(fields[0], 10, 64)
	for i := range c.PerMinute {
		n, _ := strconv.ParseUint(fields[1+i], 10, 16)
		c.PerMinute[i] = uint16(n)
	}
	return c
}

// Add returns the count with n more calls at the time now.
func (c CallCount) Add(n int, now time.Time) CallCount {
	c = c.At(now)
	c.PerMinute[c.Minute%60] += uint16(n)
	return c
}

// At returns the count at the time now, without calls that are older than an hour.
func (c CallCount) At(now time.Time) CallCount {
	minute := now.Unix() / 60
	for m := max(c.Minute+1, minute-59); m <= minute; m++ {
		c.PerMinute[m%60] = 0
	}
	c.Minute = max(minute, c.Minute)
	return c
}

// Total returns how many calls were made in the last hour.
func (c CallCount) Total() int { return c.Last(len(c.PerMinute)) }

// Last returns how many calls were made in the last minutes, including the present one. minutes is at most 60.
func (c CallCount) Last(minutes int) (n int) {
	for m := range int64(minutes) {
		n += int(c.PerMinute[((c.Minute-m)%60+60)%60])
	}
	return n
}
