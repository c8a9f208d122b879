package main_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A server that was down for a month deletes what is too old as soon as it starts. A client that
// returns later gets a clear error.
func TestOldPartiesAreDeletedAndLateRequestsAnswered(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db")
	host := s.login("Hanna")
	roomID := host.openRoom("OVER")
	guest := s.join("OVER", "Gina")
	added := guest.add(roomID, guest.search(roomID, "a", 1)[0])
	if status := host.closeRoom(roomID); status != "CLOSED" {
		t.Fatalf("the room is %s", status)
	}

	s.stop(syscall.SIGTERM)
	closedAMonthAgo(t, filepath.Join(s.folder, "data/antwon.db"), roomID)
	s.start()
	s.eventually("the room to be gone", func() bool { return s.metric(`antwon_purged_total{kind="rooms"}`) == 1 })
	s.eventually("the log to say so, when the guests are gone, too", func() bool {
		return strings.Contains(s.stderr.String(), "deleted old parties")
	})

	for operation, variables := range map[string]map[string]any{
		`mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }`:       {"i": added.ID},
		`mutation($i: ID!) { removeQueueItem(itemId: $i) { roomId } }`: {"i": added.ID},
		`mutation($r: ID!) {
			addSong(roomId: $r, songUri: "spotify:track:0000000000000000000000") { alreadyQueued }
		}`: {"r": roomID},
		`mutation($r: ID!) { undo(roomId: $r) { roomId } }`:                   {"r": roomID},
		`query($r: ID!) { searchSongs(roomId: $r, query: "a") { degraded } }`: {"r": roomID},
	} {
		if refusal := guest.refusal(t, operation, variables); refusal != "NOT_FOUND" {
			t.Errorf("%s: %s", operation, refusal)
		}
	}
	answer := host.post(t, `query($r: ID!) { room(id: $r) { id queue { version } history { edges { cursor } } } }`,
		map[string]any{"r": roomID})
	if string(answer.Data) != `{"room":null}` {
		t.Errorf("the room is %s", answer.Data)
	}
	conn := guest.dial(t, map[string]string{"authorization": "Bearer " + guest.token})
	for _, field := range []string{"room", "roomQueue", "roomQueueChanges", "playback", "roomSchedule", "viewerInRoom"} {
		payload := map[string]any{"query": "subscription($r: ID!) { " + field + "(roomId: $r) { __typename } }",
			"variables": map[string]any{"r": roomID}}
		if err := conn.WriteJSON(map[string]any{"type": "subscribe", "id": field, "payload": payload}); err != nil {
			t.Fatal(err)
		}
		var refusal struct {
			ID, Type string
			Payload  []graphqlError
		}
		if err := conn.ReadJSON(&refusal); err != nil || refusal.ID != field || refusal.Type != "error" ||
			refusal.Payload[0].Extensions.Code != "NOT_FOUND" {
			t.Errorf("following %s: %+v, %v", field, refusal, err)
		}
	}
}

// closedAMonthAgo changes the file of a server that is stopped.
func closedAMonthAgo(t *testing.T, path, roomID string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.ExecContext(t.Context(), "UPDATE rooms SET closed_at = ? WHERE id = ?",
		time.Now().UTC().AddDate(0, 0, -31).Format("2006-01-02 15:04:05.000000+00:00"), roomID)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		t.Fatalf("%d rooms, %v", n, err)
	}
}
