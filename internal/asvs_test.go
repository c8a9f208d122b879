package internal

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asvsNumbers are the numbers of all requirements of OWASP ASVS 5.0.0 of levels 1 and 2: 1.1.1-2 is 1.1.1 and 1.1.2.
const asvsNumbers = `
	1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
	4.1.1-3 4.2.1 4.3.1-2 4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3
	6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2
	10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
	12.1.1-3 12.2.1-2 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3
	15.3.1-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2`

var (
	requirementRow = regexp.MustCompile(
		`(?m)^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| (met|partly|not) \| ([^|]+) \|$`)
	exclusionRow = regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \| ([^|]+) \|$`)
	totals       = regexp.MustCompile(
		`Of (\d+) requirements, (\d+) \[.*?\)\. Of the others (\d+) are met, (\d+) partly, and (\d+) not\.`)
)

// docs/asvs.md judges every requirement of the standard exactly once, or says why it does not apply. Where it says that
// one is met, it names a test; that the tests exist is checked for all documents.
func TestEveryRequirementOfASVSIsJudgedOnce(t *testing.T) {
	text := documents(t)["docs/asvs.md"]
	var judged []string
	counts := map[string]int{}
	for _, row := range requirementRow.FindAllStringSubmatch(text, -1) {
		number, verdict, why := row[1], row[4], row[5]
		judged = append(judged, number)
		counts[verdict]++
		if verdict == "met" && !namesTest(why) {
			t.Errorf("%s is said to be met, and no test shows it: %s", number, why)
		}
		chapter, _, _ := strings.Cut(number, ".")
		before, _, _ := strings.Cut(text, row[0])
		heading := before[strings.LastIndex(before, "\n## ")+1:]
		if !strings.HasPrefix(heading, "## V"+chapter+" ") {
			t.Errorf("%s stands below %.20q", number, heading)
		}
	}
	for _, row := range exclusionRow.FindAllStringSubmatch(text, -1) {
		numbers := strings.Split(row[1], ", ")
		judged = append(judged, numbers...)
		counts["excluded"] += len(numbers)
	}
	all := asvsRequirements(t)
	for _, number := range all {
		if n := len(slices.DeleteFunc(slices.Clone(judged), func(j string) bool { return j != number })); n != 1 {
			t.Errorf("%s is judged %d times", number, n)
		}
	}
	for _, number := range judged {
		if !slices.Contains(all, number) {
			t.Errorf("the standard has no %s of these levels", number)
		}
	}
	said := totals.FindStringSubmatch(strings.ReplaceAll(text, "\n", " "))
	want := fmt.Sprint([]int{len(all), counts["excluded"], counts["met"], counts["partly"], counts["not"]})
	if said == nil || fmt.Sprint(said[1:]) != want {
		t.Errorf("the text says %v, and the tables have %s", said, want)
	}
}

// Every row of a table is read: one with a typing error would otherwise be left out.
func TestEveryRowOfASVSIsWellFormed(t *testing.T) {
	for line := range strings.Lines(documents(t)["docs/asvs.md"]) {
		line = strings.TrimSpace(line)
		isHead := strings.HasPrefix(line, "| number") || strings.HasPrefix(line, "|---")
		if strings.HasPrefix(line, "|") && !isHead && !requirementRow.MatchString(line) && !exclusionRow.MatchString(line) {
			t.Errorf("not a row: %s", line)
		}
	}
}

func asvsRequirements(t *testing.T) (numbers []string) {
	t.Helper()
	for _, section := range strings.Fields(asvsNumbers) {
		at := strings.LastIndex(section, ".")
		first, last, isRange := strings.Cut(section[at+1:], "-")
		if !isRange {
			last = first
		}
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil {
			t.Fatalf("%s: %v, %v", section, err, err2)
		}
		for n := from; n <= to; n++ {
			numbers = append(numbers, fmt.Sprintf("%s.%d", section[:at], n))
		}
	}
	return numbers
}
