package main_test

import (
	"os/exec"
	"testing"
)

// Clients' caches, which store objects by their ids, show in each room the name that a guest has there, and what a
// subscription has sent.
func TestNormalisingCachesNeedNoConfiguration(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	room, other := s.login("Hanna").openRoom("CACHES"), s.login("Hugo").openRoom("OTHERS")
	guest := s.join("CACHES", "Gina")
	guest.ask(nil, `mutation { joinRoom(code: "OTHERS", displayName: "Regina") { room { id } } }`, nil)
	song := guest.search(room, "a", 1)[0]
	guest.add(room, song)
	guest.add(other, song)

	story := exec.CommandContext(t.Context(), "node", "caches.mjs", s.url+"/graphql", guest.token, room, other)
	story.Dir = nodeFolder
	if output, err := story.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	} else {
		t.Logf("%s", output)
	}
}
