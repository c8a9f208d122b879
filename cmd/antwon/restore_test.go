package main_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"antwon.dj/backend/internal/testdb"
)

// A phone is away while a backup is restored and the room reaches a higher version than the one that the phone knows. A
// television stays connected. In the end both show the room's queue. The commands are those of docs/operations.md.
func TestClientsShowTheRestoredRoom(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		commands := backupCommands(t, "**SQLite**")
		restoreUnderClients(t, "sqlite:data/antwon.db", backupSteps{
			commands[0], commands[1], commands[2], `sqlite3 data/antwon.db "SELECT beat FROM timelines"`,
		})
	})
	t.Run("mysql", func(t *testing.T) {
		commands := backupCommands(t, "**MySQL and MariaDB**")
		running, _, _ := strings.Cut(commands[1], "antwon restored")
		restoreUnderClients(t, testdb.EmptyMySQL(t), backupSteps{
			commands[0], commands[1], running, `echo "SELECT beat FROM timelines" | mysql -N antwon < /dev/stdin`,
		})
	})
}

// backupSteps are shell commands: to back up a database, to restore it while its server is stopped or while it runs,
// and to print the beat of its timeline.
type backupSteps struct{ backUp, whileStopped, whileRunning, beat string }

// backupCommands returns the blocks of commands below a title of the section about backups, up to the next title.
func backupCommands(t *testing.T, title string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n"+title)
	section, _, _ = strings.Cut(section, "\n## ")
	section, _, _ = strings.Cut(section, "\n**")
	for _, block := range strings.Split(section, "```sh\n")[1:] {
		commands, _, _ := strings.Cut(block, "```")
		blocks = append(blocks, commands)
	}
	return blocks
}

func restoreUnderClients(t *testing.T, databaseURL string, steps backupSteps) {
	for name, running := range map[string]bool{"while the server is stopped": false, "while the server runs": true} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, databaseURL, "ANTWON_PLAYBACK=off", "ANTWON_SESSION_SECRET="+clientSecret)
			shell := newShell(t, s, databaseURL)
			code := map[bool]string{false: "STOPPED", true: "RUNNING"}[running]
			roomID := s.login("Hanna").openRoom(code)
			guest := s.join(code, "Gina")
			uris := guest.search(roomID, "a", 12)
			add := func(uris []string) (ids []string) {
				for _, uri := range uris {
					ids = append(ids, guest.add(roomID, uri).ID)
				}
				return ids
			}
			tv, phone := guest.moveBetween(roomID, s), guest.phone(roomID)
			want := add(uris[:2])
			shell.run(steps.backUp)
			beat := shell.run(steps.beat)
			add(uris[2:5])
			phone.visit(s)
			phone.showsQueue("before it leaves")
			phone.leave()

			if running {
				s.eventually("a later beat than that of the backup", func() bool { return shell.run(steps.beat) != beat })
				shell.run(steps.whileRunning)
			} else {
				s.stop(syscall.SIGTERM)
				shell.run(steps.whileStopped)
				s.start()
			}
			want = append(want, add(uris[5:])...)
			known := phone.seen()
			if got := guest.version(roomID); got <= slices.Max(known) {
				t.Fatalf("the room is at version %d, and the phone has seen %v: nothing is tested", got, known)
			}
			phone.visit(s)
			// A server that runs may need five seconds to notice that its database was restored.
			for _, id := range want {
				s.eventually("the phone to show each song from the backup and from after it was restored", func() bool {
					return phone.has(id)
				})
			}
			phone.showsQueue("after it comes back")
			tv.showsQueue("on the television")
			phone.leave()
		})
	}
}

// shell runs commands in a server's folder, with the same configuration.
type shell struct {
	server   *server
	database string // the name that stands for antwon in the commands
	env      []string
}

func newShell(t *testing.T, s *server, databaseURL string) *shell {
	t.Helper()
	for _, tool := range []string{"sqlite3", "mysqldump", "mysql"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("ANTWON_TEST_STRICT") == "1" {
				t.Fatalf("%s is required here: %v", tool, err)
			}
			t.Skipf("restoring backups left out: there is no %s", tool)
		}
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if u.Scheme == "mysql" {
		password, _ := u.User.Password()
		options := "[client]\nprotocol=tcp\nhost=" + u.Hostname() + "\nport=" + u.Port() + "\nuser=" + u.User.Username() +
			"\npassword=" + password + "\n"
		if err := os.WriteFile(filepath.Join(home, ".my.cnf"), []byte(options), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(s.folder, "backup"), 0o700); err != nil {
		t.Fatal(err)
	}
	env := append([]string{"HOME=" + home, "PATH=" + filepath.Dir(binary(t)) + ":" + os.Getenv("PATH")}, s.env...)
	return &shell{s, strings.Trim(u.Path, "/"), env}
}

// run returns what the commands print.
func (s *shell) run(commands string) string {
	s.server.t.Helper()
	commands = strings.ReplaceAll(commands, " antwon <", " "+s.database+" <")
	commands = strings.ReplaceAll(commands, " antwon >", " "+s.database+" >")
	command := exec.CommandContext(s.server.t.Context(), "sh", "-ec", commands)
	command.Dir, command.Env = s.server.folder, s.env
	out, err := command.CombinedOutput()
	if err != nil {
		s.server.t.Fatalf("%s: %v\n%s", commands, err, out)
	}
	return string(out)
}

// phone returns a roamer that is not connected yet.
func (u *user) phone(roomID string) *roamer {
	return &roamer{
		screen: &screen{socket: &socket{t: u.t}, items: map[string]item{}}, name: "the phone", user: u, roomID: roomID,
	}
}

// visit connects to a server, until leave.
func (m *roamer) visit(s *server) {
	m.t.Helper()
	conn := m.connect(s)
	if conn == nil {
		m.t.Fatal("the server did not answer")
	}
	m.running.Go(func() { m.follow(conn) })
}

// leave ends the connection of visit.
func (m *roamer) leave() {
	m.screen.mu.Lock()
	_ = m.conn.Close() // it may be closed already
	m.screen.mu.Unlock()
	m.running.Wait()
}

// showsQueue waits until a change on this connection has made the queue that of a query.
func (m *roamer) showsQueue(when string) {
	m.t.Helper()
	m.user.eventually("the queue to be shown "+when, func() bool {
		_, applied := m.shows()
		m.screen.mu.Lock()
		defer m.screen.mu.Unlock()
		return m.current && applied == m.user.queueOf(m.roomID)
	})
}

func (u *user) version(roomID string) int {
	u.t.Helper()
	var got struct {
		Room struct{ Queue struct{ Version int } }
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) { queue { version } } }`, map[string]any{"r": roomID})
	return got.Room.Queue.Version
}
