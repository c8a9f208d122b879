package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// limitFiles keeps the files of a process from growing beyond a size, as a full disk does.
func limitFiles(t *testing.T, pid int, size uint64) {
	t.Helper()
	limit := &unix.Rlimit{Cur: size, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, limit, nil); err != nil {
		t.Fatal(err)
	}
}

// A server with a full disk fails every change, so it must not be ready. It used to stay ready.
func TestServerWithAFullDiskIsNotReadyUntilThereIsSpace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "party.db")
	o := &outage{server: startServer(t, "sqlite:"+file, "ANTWON_PLAYBACK=off")}
	o.log.Allow("could not store presence")
	roomID := o.login("Hanna").openRoom("OUTAGE")
	guest := o.join("OUTAGE", "Gina")
	songs := guest.search(roomID, "the", 5)
	log, err := os.Stat(file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	limitFiles(t, o.cmd.Process.Pid, uint64(log.Size()))
	answer := guest.post(t, `mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { alreadyQueued } }`,
		map[string]any{"r": roomID, "u": songs[0]})
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UPSTREAM_UNAVAILABLE" {
		t.Errorf("a song is added on a full disk: %+v", answer)
	}
	o.eventually("not ready", func() bool { return o.readiness() == http.StatusServiceUnavailable })
	limitFiles(t, o.cmd.Process.Pid, unix.RLIM_INFINITY)
	o.eventually("ready again", func() bool { return o.readiness() == http.StatusOK })
	if err := guest.acts(roomID, songs[0]); err != nil {
		t.Errorf("a song is added when there is space again: %v", err)
	}
}
