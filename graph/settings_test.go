package graph_test

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// settingCase has a value of a setting that is not its default, and a rule that has to decide differently with that
// value.
type settingCase struct {
	value string // as JSON

	// decides asks a rule. Its answer has to differ between the default and value.
	decides func(s *party.RoomSettings, now time.Time) any
	// notARule says why no rule of package party depends on the setting, and what does.
	notARule string
}

var (
	anySong      = party.Song{URI: uri(9), Name: "Song", Artists: []string{"Artist"}, DurationMS: 180_000, Playable: true}
	explicitSong = party.Song{URI: uri(8), Name: "Song", Artists: []string{"Artist"}, DurationMS: 180_000, Explicit: true}
)

// mayAdd asks whether a guest may add a song.
func mayAdd(request party.AddRequest) func(s *party.RoomSettings, now time.Time) any {
	return func(s *party.RoomSettings, now time.Time) any {
		request.Song, request.Role = anySong, party.RoleGuest
		request.Allowance = party.Allowance{PerHour: 1, FullAt: now.Add(time.Hour)} // used up, if it is limited at all
		return s.MayAdd(request, now) == nil
	}
}

// mayPlay asks whether a song may play that last began so long ago.
func mayPlay(song party.Song, ago time.Duration) func(s *party.RoomSettings, now time.Time) any {
	return func(s *party.RoomSettings, now time.Time) any { return s.MayPlay(song, now.Add(-ago), now) == nil }
}

var settingCases = map[string]settingCase{
	"requestsOpen":      {value: `false`, decides: mayAdd(party.AddRequest{})},
	"requestsOpenAt":    {value: `"2999-01-01T00:00:00.000000Z"`, decides: mayAdd(party.AddRequest{})},
	"lastCallAt":        {value: `"2026-01-01T00:00:00.000000Z"`, decides: mayAdd(party.AddRequest{})},
	"addsPerHour":       {value: `1`, decides: mayAdd(party.AddRequest{})},
	"maxQueueLength":    {value: `2`, decides: mayAdd(party.AddRequest{Waiting: 2})},
	"maxQueuedPerGuest": {value: `2`, decides: mayAdd(party.AddRequest{Queued: 2})},
	"allowExplicit":     {value: `false`, decides: mayPlay(explicitSong, 24*time.Hour)},
	"maxSongSeconds":    {value: `60`, decides: mayPlay(anySong, 24*time.Hour)},
	"cooldownMinutes":   {value: `5`, decides: mayPlay(anySong, 10*time.Minute)},
	"blocked":           {value: `["` + anySong.URI + `"]`, decides: mayPlay(anySong, 24*time.Hour)},
	"requireApproval": {value: `true`, decides: func(s *party.RoomSettings, _ time.Time) any {
		return s.NeedsApproval(party.RoleGuest, 0)
	}},
	"trustedAfter": {value: `1`, decides: func(s *party.RoomSettings, _ time.Time) any {
		approving := *s
		approving.RequireApproval = true
		return approving.NeedsApproval(party.RoleGuest, 1)
	}},
	"likesAfterMinutes": {value: `5`, decides: func(s *party.RoomSettings, now time.Time) any {
		return party.MayLikeYet(s.LikesAfterMinutes, party.RoleGuest, now, now) == nil
	}},
	"skipVotePercent": {value: `100`, decides: func(s *party.RoomSettings, _ time.Time) any { return s.VotesNeeded(10) }},
	"orderMode": {value: `"TURNS"`, decides: func(s *party.RoomSettings, _ time.Time) any {
		ana, ben := &party.Participant{User: party.User{ID: "ana"}}, &party.Participant{User: party.User{ID: "ben"}}
		var ids []string
		for _, item := range party.Rank([]*party.QueueItem{
			{ID: "ana's first", State: party.Queued, AddedBy: ana, Age: 1, LikeCount: 9},
			{ID: "ana's second", State: party.Queued, AddedBy: ana, Age: 2, LikeCount: 8},
			{ID: "ben's", State: party.Queued, AddedBy: ben, Age: 3},
		}, party.Ranking{Mode: s.OrderMode}) {
			ids = append(ids, item.ID)
		}
		return ids
	}},
	"fallback": {value: `false`, decides: func(s *party.RoomSettings, now time.Time) any {
		state := &party.State{Settings: *s}
		return state.MayStart(&party.QueueItem{State: party.Queued, Song: anySong}, now) // nobody added it: a fallback song
	}},
	"fallbackPlaylistUri": {
		value:    `"spotify:playlist:37i9dQZF1DX"`,
		notARule: "the player's driver reads it to choose fallback songs: TestTheNextSongsOfTheChosenPlaylistAreSeen",
	},
	"awayAfterMinutes": {value: `5`, decides: func(s *party.RoomSettings, _ time.Time) any {
		state := &party.State{Settings: *s, Away: map[string]bool{"ana": true}}
		return len(state.Ranking().Away)
	}},
	"reactions": {value: `false`, decides: func(s *party.RoomSettings, _ time.Time) any {
		playing := party.Playback{Status: party.Playing, Song: &anySong}
		return (&party.State{Status: party.Open, Settings: *s, Playback: playing}).MayReact() == nil
	}},
	"guestPlaylistUri": {value: `"spotify:playlist:37i9dQZF1DX"`, decides: mayAdd(party.AddRequest{})},
	"guestPlaylistUse": {value: `"LIKE"`, decides: func(s *party.RoomSettings, now time.Time) any {
		chosen := *s
		chosen.GuestPlaylistURI = new("spotify:playlist:37i9dQZF1DX")
		songs := party.NewChosenSongs(*chosen.GuestPlaylistURI, []party.Song{anySong})
		return mayAdd(party.AddRequest{Chosen: songs})(&chosen, now)
	}},
	"delivery": {
		value:    `"PLAYLIST"`,
		notARule: "the player's driver reads it to hand songs over: TestPlaylists",
	},
}

// Every setting of the API can be changed, is shown, is stored, stands in the log, and changes what a rule decides.
func TestEverySettingTakesEffect(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	fields := schema.Types["RoomSettingsInput"].Fields
	for _, field := range fields {
		c, known := settingCases[field.Name]
		if !known {
			t.Errorf("settingCases lacks %s: how is it set, and which rule depends on it?", field.Name)
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			settingTakesEffect(newParty(t, testdb.SQLite(t)), field.Name, literal(schema, field, c.value), c)
		})
	}
	for name := range settingCases {
		if fields.ForName(name) == nil {
			t.Errorf("settingCases has %s, which is no setting", name)
		}
	}
}

// literal is a JSON value as GraphQL writes it for the type of this field.
func literal(schema *ast.Schema, field *ast.FieldDefinition, value string) string {
	if schema.Types[field.Type.Name()].Kind == ast.Enum {
		return strings.Trim(value, `"`)
	}
	return value
}

func settingTakesEffect(p *fixture, name, literal string, c settingCase) {
	now := time.Now()
	byDefault := p.decided(p.first, c, now)
	if shown := p.first.setting(name); shown == c.value {
		p.Fatalf("%s is the default: choose another value", shown)
	}
	if got := p.updateSetting(name, literal); got != c.value {
		p.Errorf("updateRoom answers %s, want %s", got, c.value)
	}

	second := p.newServer(p.bus, 0) // has nothing in memory
	if got := second.setting(name); got != c.value {
		p.Errorf("another server reads %s, want %s", got, c.value)
	}
	if got := p.lastEvent(); got != "SETTINGS "+name {
		p.Errorf("the log says %q, want SETTINGS %s", got, name)
	}
	switch {
	case c.notARule != "":
	case c.decides == nil:
		p.Error("no rule is asked, and no reason is given")
	case reflect.DeepEqual(p.decided(second, c, now), byDefault):
		p.Errorf("a rule decides %v with the default and with %s", byDefault, c.value)
	}
}

// updateSetting sets a setting to a GraphQL literal, and returns what updateRoom answers, as JSON.
func (p *fixture) updateSetting(name, literal string) string {
	p.Helper()
	var answer struct {
		UpdateRoom struct {
			Settings map[string]json.RawMessage
		}
	}
	p.first.ask(p.host, fmt.Sprintf(`mutation($r: ID!) {
		updateRoom(roomId: $r, input: {settings: {%s: %s}}) { settings { %s } }
	}`, name, literal, name), &answer)
	return string(answer.UpdateRoom.Settings[name])
}

// Entries of the list of what is blocked can be changed one by one. Null and an empty list change nothing.
func TestUpdateRoomBlocksAndUnblocks(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	for _, step := range []struct{ input, want string }{
		{fmt.Sprintf(`block: [%q, %q]`, uri(1), uri(2)), fmt.Sprintf("[%q,%q]", uri(1), uri(2))},
		{`block: null, unblock: null`, fmt.Sprintf("[%q,%q]", uri(1), uri(2))},
		{`block: [], unblock: []`, fmt.Sprintf("[%q,%q]", uri(1), uri(2))},
		{fmt.Sprintf(`block: [%q], unblock: [%q]`, uri(3), uri(1)), fmt.Sprintf("[%q,%q]", uri(2), uri(3))},
		{fmt.Sprintf(`settings: {reactions: false}, unblock: [%q, %q]`, uri(3), uri(2)), "[]"},
	} {
		var answer struct {
			UpdateRoom struct {
				Settings struct{ Blocked json.RawMessage }
			}
		}
		p.first.ask(p.host, fmt.Sprintf(`mutation($r: ID!) {
			updateRoom(roomId: $r, input: {%s}) { settings { blocked } }
		}`, step.input), &answer)
		if got := string(answer.UpdateRoom.Settings.Blocked); got != step.want {
			t.Errorf("after %s: %s, want %s", step.input, got, step.want)
		}
	}
	if got := p.first.setting("reactions"); got != "false" {
		t.Errorf("reactions is %s", got)
	}
}

// A setting that the API shows as nullable can be set to null again, and null differs from leaving it out.
func TestEveryNullableSettingCanBeSetToNull(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	p := newParty(t, testdb.SQLite(t))
	for _, field := range schema.Types["RoomSettingsInput"].Fields {
		if schema.Types["RoomSettings"].Fields.ForName(field.Name).Type.NonNull {
			continue
		}
		p.updateSetting(field.Name, literal(schema, field, settingCases[field.Name].value))
		if got := p.updateSetting(field.Name, "null"); got != "null" {
			t.Errorf("%s is %s after it was set to null", field.Name, got)
		}
	}
}

// Every number among the settings has bounds: updateRoom refuses one that is far too small or far too large, and names
// the setting.
func TestEveryNumberAmongTheSettingsHasBounds(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	p := newParty(t, testdb.SQLite(t))
	for _, field := range schema.Types["RoomSettingsInput"].Fields {
		if field.Type.Name() != "Int" {
			continue
		}
		for _, number := range []int{-1, math.MaxInt32} {
			mutation := fmt.Sprintf(`mutation($r: ID!) {
				updateRoom(roomId: $r, input: {settings: {%s: %d}}) { id }
			}`, field.Name, number)
			got := p.first.failure(p.host, mutation).Extensions
			if want := "input.settings." + field.Name; got.Code != string(party.BadUserInput) || got.Field != want {
				t.Errorf("%s = %d: the error has code %q and field %q, want %s and %s",
					field.Name, number, got.Code, got.Field, party.BadUserInput, want)
			}
		}
	}
}

// The console asks for every setting, and offers to change it.
func TestConsoleHasEverySetting(t *testing.T) {
	queries, forms := readAll(t, "../web/src/graphql/*.graphql"), readAll(t, "../web/src/host/settings/*.tsx")
	fields := graph.NewExecutableSchema(graph.Config{}).Schema().Types["RoomSettingsInput"].Fields
	for _, field := range fields {
		name := regexp.MustCompile(`\b` + field.Name + `\b`)
		if !name.MatchString(queries) {
			t.Errorf("no document in web/src/graphql asks for %s", field.Name)
		}
		if !name.MatchString(forms) {
			t.Errorf("no form in web/src/host/settings has %s", field.Name)
		}
	}
}

// readAll returns the texts of all files that match, one after another.
func readAll(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s matches %d files (%v)", pattern, len(paths), err)
	}
	var texts strings.Builder
	for _, path := range paths {
		texts.WriteString(read(t, path))
	}
	return texts.String()
}

// decided is what a rule decides with the settings that a server has.
func (p *fixture) decided(s *server, c settingCase, now time.Time) any {
	p.Helper()
	if c.decides == nil {
		return nil
	}
	room, err := s.jukebox.Room(p.host.ctx, p.roomID)
	p.must(err)
	settings, err := room.Settings()
	p.must(err)
	return c.decides(settings, now)
}

// setting is a setting's value as the API shows it, as JSON.
func (s *server) setting(name string) string {
	s.Helper()
	var answer struct {
		Room struct {
			Settings map[string]json.RawMessage
		}
	}
	s.ask(s.host, fmt.Sprintf(`query($r: ID!) { room(id: $r) { settings { %s } } }`, name), &answer)
	return string(answer.Room.Settings[name])
}

// lastEvent is the kind and the detail of the room's last event.
func (p *fixture) lastEvent() string {
	p.Helper()
	var answer struct {
		Room struct {
			Log struct {
				Edges []struct{ Node struct{ Kind, Detail string } }
			}
		}
	}
	p.first.ask(p.host, `query($r: ID!) { room(id: $r) { log(first: 1) { edges { node { kind detail } } } } }`, &answer)
	if len(answer.Room.Log.Edges) == 0 {
		return ""
	}
	return answer.Room.Log.Edges[0].Node.Kind + " " + answer.Room.Log.Edges[0].Node.Detail
}
