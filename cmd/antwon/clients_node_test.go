package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// The clients that front ends use, set up as docs/api.md says, all pass one story. The caches of Apollo Client, urql
// and Relay show the right names, and no client warns.
func TestClientsOfNpmTellTheWholeStory(t *testing.T) {
	t.Parallel()
	needNode(t)
	t.Run("build", buildNodeClients)
	for _, name := range []string{"apollo", "urql", "relay", "typed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tellStory(t, func(s *server) *script { return startScript(t, nil, "story/main.mjs", name, s.url) })
		})
	}
	t.Run("relay's pages", readPages)
}

// buildNodeClients runs Relay's compiler, graphql-codegen and TypeScript with the schema that the server returns.
func buildNodeClients(t *testing.T) {
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	build := exec.CommandContext(t.Context(), "node", "build.mjs", s.url)
	build.Dir = nodeFolder
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

// tellStory tells the story of a guest who has another name in each of two rooms: they join, subscribe to the queues,
// act, and see the changes of others, also after their token has expired and after the server was killed.
func tellStory(t *testing.T, start func(*server) *script) {
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off", "ANTWON_SESSION_SECRET="+clientSecret)
	host := s.login("Hanna")
	room, otherRoom := host.openRoom("STORY"), s.login("Hugo").openRoom("OTHERS")
	songs := host.search(room, "a", 3)
	gina, otto := &storyGuest{script: start(s), server: s}, &storyGuest{script: start(s), server: s}
	gina.join("STORY", "Gina")
	gina.join("OTHERS", "Regina")
	otto.join("STORY", "Otto")
	gina.useTokenFor(3 * time.Second)
	gina.follow(room)
	gina.follow(otherRoom)
	otto.follow(room)

	first := gina.add(room, songs[0])
	gina.add(otherRoom, songs[0])
	gina.like(first)
	otto.shows(room, "1 Gina")
	otto.like(first)
	gina.shows(room, "2 Gina liked")
	gina.shows(otherRoom, "0 Regina")

	gina.awaits(1, "renewed", "") // the token of her WebSocket has expired
	second := otto.add(room, songs[1])
	gina.shows(room, "2 Gina liked", "0 Otto")
	gina.useTokenFor(-time.Second) // for requests: the WebSocket stays
	gina.like(second)
	gina.awaits(2, "renewed", "")
	otto.shows(room, "2 Gina liked", "1 Otto")

	s.stop(os.Kill)
	s.start()
	host.add(room, songs[2])
	host.ask(nil, `mutation($r: ID!) { updateRoom(roomId: $r, input: {name: "After the crash"}) { name } }`,
		map[string]any{"r": room})
	gina.showsName(room, "After the crash")
	gina.shows(room, "2 Gina liked", "1 Otto liked", "0 Hanna")
	otto.shows(room, "2 Gina liked", "1 Otto", "0 Hanna")
	otto.like(second)
	gina.shows(room, "2 Gina liked", "2 Otto liked", "0 Hanna")
	gina.shows(otherRoom, "0 Regina")

	host.closeRoom(room) // and the other one goes on
	gina.add(otherRoom, songs[1])
	gina.shows(otherRoom, "0 Regina", "0 Regina")
	gina.leaves(2)
	otto.leaves(0)
}

// readPages lets Relay read every connection of the schema page by page to its end, with the queries that its compiler
// generates for @refetchable.
func readPages(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_DEMO_SONG_SECONDS=1")
	host := s.login("Hanna")
	room := host.openRoom("PAGES")
	for _, name := range []string{"Gina", "Otto", "Greta"} {
		s.join("PAGES", name)
	}
	for _, song := range host.search(room, "a", 3) {
		host.add(room, song)
	}
	s.eventually("all songs to be played", func() bool { return len(host.lists(room, "magnetic")["history"]) == 3 })
	for range 3 {
		host.ask(nil, `mutation($r: ID!) { exportHistory(roomId: $r) { uri } }`, map[string]any{"r": room})
	}
	reader := &storyGuest{script: startScript(t, nil, "story/main.mjs", "relay", s.url), server: s}
	reader.do(map[string]any{"do": "use", "token": host.token})
	reader.do(map[string]any{"do": "pages", "roomId": room, "words": "magnetic"})
	var got map[string][]any
	if err := json.Unmarshal(reader.awaits(1, "pages", "").Data, &got); err != nil {
		t.Fatal(err)
	}
	want := host.lists(room, "magnetic")
	for name, list := range want {
		if len(list) < 3 || !reflect.DeepEqual(got[name], list) {
			t.Errorf("%s: Relay reads %v, want %v", name, got[name], list)
		}
	}
	reader.leaves(0)
}

// lists returns the lists that Relay reads, each from a single page.
func (u *user) lists(roomID, words string) map[string][]any {
	u.t.Helper()
	type list struct{ Nodes []any }
	var got struct {
		Room        struct{ Log, Members, History list }
		Viewer      struct{ Playlists list }
		SearchSongs list
	}
	u.ask(&got, `query($r: ID!, $q: String!) {
		room(id: $r) {
			log { nodes { message __typename } }
			members { nodes { participant { displayName } __typename } }
			history { nodes { startedAt __typename } }
		}
		viewer { playlists { nodes { name __typename } } }
		searchSongs(roomId: $r, query: $q) { nodes { song { name } __typename } }
	}`, map[string]any{"r": roomID, "q": words})
	return map[string][]any{
		"log": got.Room.Log.Nodes, "members": got.Room.Members.Nodes, "history": got.Room.History.Nodes,
		"playlists": got.Viewer.Playlists.Nodes, "searchSongs": got.SearchSongs.Nodes,
	}
}

// urql warns about value types that its set-up does not list. It recognizes connections by their names.
func TestURQLSetUpListsEveryValue(t *testing.T) {
	schema, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	setUp, err := os.ReadFile("../../docs/clients/urql.mjs")
	if err != nil {
		t.Fatal(err)
	}
	parsed := gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(schema)})
	known := regexp.MustCompile(`^(__.*|Query|Mutation|Subscription|PageInfo|.*Connection|.*Edge)$`)
	for name, definition := range parsed.Types {
		isValue := definition.Kind == ast.Object && definition.Fields.ForName("id") == nil && !known.MatchString(name)
		if listed := strings.Contains(string(setUp), "'"+name+"'"); listed != isValue {
			t.Errorf("%s is a value: %v, and listed: %v", name, isValue, listed)
		}
	}
}

// storyGuest is a guest with a program that has a GraphQL client.
type storyGuest struct {
	*script
	server *server
	token  string
}

func (g *storyGuest) join(code, name string) {
	g.t.Helper()
	joined := len(g.told(named("joined", "")))
	g.do(map[string]any{"do": "join", "code": code, "name": name})
	g.token = g.awaits(joined+1, "joined", "").Token
}

// useTokenFor replaces the guest's token by one that expires after this time.
func (g *storyGuest) useTokenFor(lifetime time.Duration) {
	g.t.Helper()
	g.do(map[string]any{"do": "use", "token": (&user{g.server, g.token}).mint(lifetime)})
}

func (g *storyGuest) follow(roomID string) {
	g.t.Helper()
	g.do(map[string]any{"do": "follow", "roomId": roomID})
	g.awaits(1, "shows", roomID)
}

func (g *storyGuest) add(roomID, song string) (itemID string) {
	g.t.Helper()
	added := len(g.told(named("added", "")))
	g.do(map[string]any{"do": "add", "roomId": roomID, "song": song})
	return g.awaits(added+1, "added", "").ID
}

func (g *storyGuest) like(itemID string) {
	g.t.Helper()
	g.do(map[string]any{"do": "like", "itemId": itemID})
	g.awaits(1, "liked", itemID)
}

// shows waits until the guest's client shows these items, as rendered returns them.
func (g *storyGuest) shows(roomID string, want ...string) {
	g.t.Helper()
	var got []string
	defer func() {
		if g.t.Failed() {
			g.t.Logf("the client shows %q", got)
		}
	}()
	g.server.eventually(fmt.Sprintf("the client to show %q", want), func() bool {
		got = g.shown(roomID).rendered()
		return slices.Equal(got, want) || g.failed()
	})
}

func (g *storyGuest) showsName(roomID, want string) {
	g.t.Helper()
	g.server.eventually("the client to show the room's name", func() bool {
		return g.shown(roomID).Name == want || g.failed()
	})
}

// shownRoom is a room as a client shows it.
type shownRoom struct {
	Name  string
	Queue struct {
		Items []struct {
			LikeCount     int
			LikedByViewer bool
			AddedBy       struct{ DisplayName string }
		}
	}
}

// shown returns the room as the client shows it now.
func (g *storyGuest) shown(roomID string) (room shownRoom) {
	g.t.Helper()
	told := g.told(named("shows", roomID))
	if err := json.Unmarshal(told[len(told)-1].Data, &room); err != nil {
		g.t.Fatal(err)
	}
	return room
}

// rendered returns for each item of the queue its likes, who added it, and whether the viewer likes it.
func (r shownRoom) rendered() (items []string) {
	for _, item := range r.Queue.Items {
		line := fmt.Sprint(item.LikeCount, " ", item.AddedBy.DisplayName)
		if item.LikedByViewer {
			line += " liked"
		}
		items = append(items, line)
	}
	return items
}

// awaits waits for the nth event of this name and id.
func (g *storyGuest) awaits(n int, name, id string) event {
	g.t.Helper()
	g.server.eventually(fmt.Sprintf("%d × %s %s", n, name, id), func() bool {
		return len(g.told(named(name, id))) >= n || g.failed()
	})
	return g.told(named(name, id))[n-1]
}

// failed fails the test at once if the client has reported a failure, or has ended.
func (g *storyGuest) failed() bool {
	g.t.Helper()
	if failures := g.told(named("failed", "")); len(failures) > 0 {
		g.t.Fatalf("the client failed: %s", failures[0].Message)
	}
	return g.gone()
}

// leaves ends the client, and checks that its session was refreshed this number of times, and that it did not warn.
func (g *storyGuest) leaves(refreshes int) {
	g.t.Helper()
	g.finish()
	if n := len(g.told(named("renewed", ""))); n != refreshes {
		g.t.Errorf("the session was refreshed %d times, want %d", n, refreshes)
	}
	if warnings := g.stderr.String(); warnings != "" {
		g.t.Errorf("the client warned: %s", warnings)
	}
}
