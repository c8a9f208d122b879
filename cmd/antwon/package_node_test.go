package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// project is an empty npm project that has installed the packed client, without a network.
type project struct {
	t      *testing.T
	folder string
}

// newProject packs the client and installs it, and these packages from web/node_modules.
func newProject(t *testing.T, packages ...string) *project {
	t.Helper()
	needNode(t)
	p := &project{t, t.TempDir()}
	p.write("package.json", `{"private": true, "type": "module"}`)
	client, err := filepath.Abs(clientFolder)
	if err != nil {
		t.Fatal(err)
	}
	// npm may neither ask a registry nor find packages in a cache, so the cache is an empty directory.
	npm := []string{"--offline", "--no-audit", "--no-fund", "--cache", t.TempDir()}
	p.run("npm", append([]string{"pack", client}, npm...)...)
	packed, err := filepath.Glob(filepath.Join(p.folder, "antwon-client-*.tgz"))
	if err != nil || len(packed) != 1 {
		t.Fatalf("npm pack has made %v: %v", packed, err)
	}
	install := append([]string{"install", "--install-links", "--ignore-scripts", packed[0]}, npm...)
	for _, name := range append(packages, "graphql-ws", "graphql") {
		folder, err := filepath.EvalSymlinks(filepath.Join(clientFolder, "node_modules", name))
		if err != nil {
			t.Fatal(err)
		}
		absolute, err := filepath.Abs(folder)
		if err != nil {
			t.Fatal(err)
		}
		install = append(install, absolute)
	}
	p.run("npm", install...)
	return p
}

func (p *project) write(name, content string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// run runs a command to its end, and returns what it wrote.
func (p *project) run(name string, args ...string) string {
	p.t.Helper()
	command := exec.CommandContext(p.t.Context(), name, args...)
	command.Dir = p.folder
	out, err := command.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// page is a script of a project that runs as if a browser had opened a page with it.
type page struct {
	*output
	t   *testing.T
	cmd *exec.Cmd
}

// open runs a script in an environment like a browser's, see browser.mjs. The script ends with the test at the latest.
func (p *project) open(script string, env ...string) *page {
	p.t.Helper()
	browser, err := filepath.Abs(filepath.Join(nodeFolder, "browser.mjs"))
	if err != nil {
		p.t.Fatal(err)
	}
	node := exec.CommandContext(context.WithoutCancel(p.t.Context()), "node", "--import", browser, script)
	opened := &page{&output{}, p.t, node}
	opened.cmd.Dir, opened.cmd.Env = p.folder, append(os.Environ(), env...)
	opened.cmd.Stdout, opened.cmd.Stderr = opened, opened
	if err := opened.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(opened.close)
	return opened
}

// close ends the script, as closing a tab does.
func (p *page) close() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill() // it may just have ended
		_ = p.cmd.Wait()         // killed
	}
}

// end waits until the script has ended by itself.
func (p *page) end() {
	p.t.Helper()
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("the script: %v\n%s", err, p)
	}
}

// shows waits until the script has written this.
func (p *page) shows(s *server, text string) {
	p.t.Helper()
	s.eventually(fmt.Sprintf("the page to show %q", text), func() bool { return strings.Contains(p.String(), text) })
}

// examples are the file names for the examples in the client's README, in their order.
var examples = []string{"join.ts", "screen.ts", "offline.ts", "react.tsx"}

// codeIn returns a document's code in a language, changed to a server and a room.
func codeIn(t *testing.T, document, language, url, code string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("http://127.0.0.1:8080", url, "PARTY", code)
	fence := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$")
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, here.Replace(block[1]))
	}
	return blocks
}

// newTypeScriptProject returns a project with the examples of the client's README, changed to a server and a room, and
// compiled by tsc. The texts in appended are added at the ends of the examples with these names.
func newTypeScriptProject(t *testing.T, url, code string, appended map[string]string) *project {
	t.Helper()
	p := newProject(t, "react", "@types/react", "csstype")
	blocks := codeIn(t, clientFolder+"/README.md", "tsx?", url, code)
	if len(blocks) != len(examples) {
		t.Fatalf("the README has %d examples, want %d", len(blocks), len(examples))
	}
	for i, name := range examples {
		p.write(name, blocks[i]+appended[name])
	}
	p.write("tsconfig.json", `{"compilerOptions": {
		"target": "ES2022", "module": "NodeNext", "lib": ["ES2023", "DOM"], "jsx": "react-jsx", "types": [], "outDir": "out",
		"strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true
	}}`)
	p.write("wrong.ts", `import { operations, Server } from '@antwon/client'
const server = new Server()
// @ts-expect-error: the key is missing
void server.post(operations.likeItem, { itemId: '1' })
const { data } = await server.post(operations.addSong, { roomId: '1', songUri: 'spotify:track:1', key: 'k' })
// @ts-expect-error: no such field
console.log(data?.addSong?.item.color)
`)
	tsc, err := filepath.Abs(filepath.Join(clientFolder, "node_modules", ".bin", "tsc"))
	if err != nil {
		t.Fatal(err)
	}
	p.run(tsc)
	return p
}

// The first example of the client's README, in a project with TypeScript and in one without it and without React.
func TestPackedClientJoinsAndAddsASong(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	host := s.login("Hanna")
	roomID := host.openRoom("PACKED")
	typed, plain := newTypeScriptProject(t, s.url, "PACKED", nil), newProject(t)
	compiled, err := os.ReadFile(filepath.Join(typed.folder, "out", "join.js"))
	if err != nil {
		t.Fatal(err)
	}
	plain.write("join.js", string(compiled))
	adds := func(page *page, likes int) {
		page.end()
		queue := host.queue(roomID)
		if len(queue) != 1 || queue[0].LikeCount != likes || page.String() != "Gina added "+queue[0].Song.Name+".\n" {
			t.Errorf("%s, and the queue has %+v, want one song with %d likes", page, queue, likes)
		}
	}
	adds(typed.open("out/join.js"), 0)
	adds(plain.open("join.js"), 1) // the second guest's song is in the queue already, so it gets a like
}

// The first query that the API's manual shows.
func TestManualsFirstQueryRuns(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	s.login("Hanna").openRoom("PACKED")
	p := newProject(t)
	p.write("first.js", codeIn(t, "../../docs/api.md", "js", s.url, "PACKED")[0])
	page := p.open("first.js")
	page.end()
	if !strings.Contains(page.String(), "displayName: 'Gina'") {
		t.Errorf("the first query shows %s", page)
	}
}

// The second example of the client's README shows every change, even after the server was killed, and after the server
// has refused the example's access token, because the server has another secret.
func TestPackedClientFollowsAQueueOnAScreen(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off", "ANTWON_SESSION_SECRET="+clientSecret)
	host := s.login("Hanna")
	roomID := host.openRoom("PACKED")
	page := newTypeScriptProject(t, s.url, "PACKED", nil).open("out/screen.js")
	page.shows(s, "Up next:")
	added := host.add(roomID, host.search(roomID, "a", 1)[0])
	page.shows(s, added.Song.Name+" (0)")

	s.stop(os.Kill)
	s.start()
	host.like(added)
	page.shows(s, added.Song.Name+" (1)")

	mine := s.env
	s.stop(syscall.SIGTERM)
	s.env = append(slices.Clone(mine), "ANTWON_SESSION_SECRET=another "+clientSecret)
	s.start()
	s.join("PACKED", "Gina").like(added)
	page.shows(s, added.Song.Name+" (2)")

	s.stop(syscall.SIGTERM)
	s.env = mine // the host's token is valid again
	s.start()
	host.closeRoom(roomID)
	page.shows(s, "The party is over.")
	page.end()
}

// The third example of the client's README: the answer to a guest's action is lost, and the page is closed. Then it is
// opened again in two tabs, which share a cookie and the stored action. The guest is the same user, and the action
// takes effect once.
func TestPackedClientStaysSignedInAndActsOnce(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	host := s.login("Hanna")
	roomID := host.openRoom("PACKED")
	song := host.search(roomID, "a", 1)[0]
	tap := fmt.Sprintf("\nif (localStorage.getItem('tapped') === null) onTap({ uri: '%s', name: 'a song' })\n"+
		"localStorage.setItem('tapped', 'yes')\n"+
		"console.log('Unsent: ' + outbox.entries.get().filter((entry) => !entry.done).length)\n", song)
	p := newTypeScriptProject(t, s.url, "PACKED", map[string]string{"offline.ts": tap})
	browser := "BROWSER=" + filepath.Join(p.folder, "browser.json")

	closed := p.open("out/offline.js", browser, "LOSE_ANSWERS_TO=mutation AddSong")
	closed.shows(s, `lost: {"data":{"addSong":{"alreadyQueued":false`)
	closed.close()
	added := host.queue(roomID)
	host.remove(added[0]) // if it were added again, it would be back

	// One of the tabs can be open so late that the other one has sent the action already.
	tabs, had := []*page{p.open("out/offline.js", browser), p.open("out/offline.js", browser)}, 0
	for _, tab := range tabs {
		if tab.shows(s, "Unsent: "); strings.Contains(tab.String(), "Unsent: 1") {
			had++
			tab.shows(s, "The server has "+added[0].Song.Name+".")
		}
	}
	if had == 0 {
		t.Error("neither tab had the action")
	}
	if queue := host.queue(roomID); len(queue) != 0 {
		t.Errorf("the song was added twice: %+v", queue)
	}
	var got struct {
		Room struct{ Members struct{ TotalCount int } }
	}
	host.ask(&got, `query($r: ID!) { room(id: $r) { members { totalCount } } }`, map[string]any{"r": roomID})
	if n := got.Room.Members.TotalCount; n != 2 {
		t.Errorf("the room has %d members, want the host and one guest", n)
	}
}
