package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

// A guest who is removed at one server is disconnected from the other: by a hint over NATS or, without NATS, when the
// other server next reads the room.
func TestRemovedGuestIsDisconnectedFromTheOtherServer(t *testing.T) {
	t.Parallel()
	databaseURL, port := testdb.MySQL(t), testport.Free(t)
	nats := startNATS(t, port)
	env := []string{"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32),
		fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port)}
	a := startServer(t, databaseURL, env...)
	b := startServer(t, databaseURL, append(env, "ANTWON_PLAYBACK=off")...)
	host := a.login("Hanna")
	roomID := host.openRoom("OUTDOORS")
	cutOff := func(name string) time.Duration {
		gina := b.join("OUTDOORS", name)
		var me struct {
			Viewer struct{ User struct{ ID string } }
		}
		gina.ask(&me, `{ viewer { user { id } } }`, nil)
		conn := gina.dial(t, map[string]string{"authorization": "Bearer " + gina.token})
		subscribe := map[string]any{"query": `subscription($r: ID!) { roomQueue(roomId: $r) { version } }`,
			"variables": map[string]any{"r": roomID}}
		if err := conn.WriteJSON(map[string]any{"type": "subscribe", "id": "1", "payload": subscribe}); err != nil {
			t.Fatal(err)
		}
		var message struct{ Type string }
		if err := conn.ReadJSON(&message); err != nil || message.Type != "next" {
			t.Fatalf("%+v, %v", message, err)
		}
		begun := time.Now()
		host.ask(nil, `mutation($r: ID!, $u: ID!) { removeGuest(roomId: $r, userId: $u) { role } }`,
			map[string]any{"r": roomID, "u": me.Viewer.User.ID})
		for message.Type != "error" {
			if err := conn.ReadJSON(&message); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(begun)
	}
	t.Logf("removed: out at the other server after %v", cutOff("Gina").Round(time.Millisecond))
	nats.Shutdown()
	nats.WaitForShutdown()
	b.eventually("both to notice", func() bool {
		return a.metric("antwon_nats_connected")+b.metric("antwon_nats_connected") == 0
	})
	t.Logf("removed without NATS: out at the other server after %v", cutOff("Gustav").Round(time.Millisecond))
}
