package main_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The manual's examples for curl work exactly as they are written there: the first one joins the demo's room, and the
// second one subscribes to its queue with the token and the room from the first one's answer.
func TestCurlExamplesWorkAsWritten(t *testing.T) {
	t.Parallel()
	needCurl(t)
	s := startServer(t, "sqlite:data/antwon.db")
	s.eventually("the demo's own room to be announced", func() bool {
		return strings.Contains(s.stdout.String(), "the room PARTY is open")
	})
	join, follow := s.curlExamples()
	answer, err := exec.CommandContext(t.Context(), "bash", "-c", join).Output()
	if err != nil {
		t.Fatal(err)
	}
	var joined struct {
		JoinRoom struct {
			Session session
			Room    struct{ ID string }
		}
	}
	if err := decode(strings.NewReader(string(answer)), &joined); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	guest, room := &user{s, joined.JoinRoom.Session.AccessToken}, joined.JoinRoom.Room.ID
	queues := s.queuesFrom(follow, "token="+guest.token, "room="+room)
	if first := <-queues; len(first) == 0 {
		t.Error("the first event has no songs")
	}
	added := guest.add(room, guest.search(room, "a", 1)[0])
	for queue := range queues {
		if slices.ContainsFunc(queue, func(shown item) bool { return shown.Song.Name == added.Song.Name }) {
			return
		}
	}
	t.Error("curl ended before it had shown the added song")
}

// needCurl skips a test with -short, and where there is no curl.
func needCurl(t *testing.T) {
	t.Helper()
	binary(t)
	_, err := exec.LookPath("curl")
	switch {
	case err == nil:
	case os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("curl is required here: %v", err)
	default:
		t.Skipf("curl left out: %v", err)
	}
}

// curlExamples returns the two commands of docs/api.md, sent to this server.
func (s *server) curlExamples() (join, follow string) {
	s.t.Helper()
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		s.t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(curl .*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(blocks) != 2 {
		s.t.Fatalf("docs/api.md has %d examples for curl, want two", len(blocks))
	}
	const address = "http://127.0.0.1:8080"
	here := func(block []string) string { return strings.ReplaceAll(block[1], address, s.url) }
	return here(blocks[0]), here(blocks[1])
}

// queuesFrom runs a command that follows a queue until the test ends, and returns the queues that it prints.
func (s *server) queuesFrom(command string, variables ...string) <-chan []item {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	bash := exec.CommandContext(ctx, "bash", "-c", command)
	bash.Env = append(os.Environ(), variables...)
	output, err := bash.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := bash.Start(); err != nil {
		s.t.Fatal(err)
	}
	queues := make(chan []item) // unbuffered: the reader waits for the test, or for the end
	go func() {
		defer close(queues)
		s.readQueues(ctx, output, queues)
	}()
	s.t.Cleanup(func() {
		cancel()
		for range queues { // until the reader has ended
		}
		_ = bash.Wait() // killed
	})
	return queues
}

// readQueues reads events of roomQueue until the output or the context ends.
func (s *server) readQueues(ctx context.Context, output io.Reader, queues chan<- []item) {
	for lines := bufio.NewScanner(output); lines.Scan(); {
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		if !isData || data == "" { // complete has no data
			continue
		}
		var got struct{ RoomQueue struct{ Items []item } }
		if err := decode(strings.NewReader(data), &got); err != nil {
			s.t.Errorf("%s: %v", data, err)
		}
		select {
		case queues <- got.RoomQueue.Items:
		case <-ctx.Done():
			return
		}
	}
}
