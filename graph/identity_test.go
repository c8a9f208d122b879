package graph_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// A client's cache stores each object once, by its id. So an object has the same values by whatever path it is reached:
// here, by all paths of two rooms in which the viewer has different names, by the answers of mutations, by all
// subscriptions, and by their ids alone.
func TestObjectsHaveTheSameValuesOnAllPaths(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.fill()
		rooms, gina := []string{p.roomID, p.anotherRoom("Otto")}, p.join("Gina")
		_, err := p.first.jukebox.JoinRoom(gina.ctx, p.codeOf(rooms[1]), "Regina")
		p.must(err)
		for _, roomID := range rooms {
			p.makeCohost(gina, roomID)
			for n := 11; n <= 13; n++ {
				_, err := p.first.jukebox.AddSong(gina.ctx, roomID, uri(n), nil)
				p.must(err)
			}
			p.hold(gina, roomID)
			defer p.stay(gina, roomID).Close()
		}
		cache := newCache(t)
		schema := cache.schema
		p.cacheQuery(cache, gina, "{ viewer "+everythingFor(schema, "Viewer", nil)+" }")
		for _, roomID := range rooms {
			p.cacheQuery(cache, gina, fmt.Sprintf("{ room(id: %q) %s }", roomID, everythingFor(schema, "Room", nil)))
			p.cacheSubscriptions(cache, gina, roomID)
			first := p.queueOf(gina, roomID)[1].ID
			for _, mutation := range []string{"unlikeQueueItem", "unpinQueueItem"} { // neither changes anything
				field := schema.Mutation.Fields.ForName(mutation)
				p.cacheQuery(cache, gina, fmt.Sprintf("mutation { %s(itemId: %q) %s }",
					mutation, first, everythingFor(schema, field.Type.Name(), nil)))
			}
		}
		for id, object := range maps.Clone(cache.objects) {
			if name := object["__typename"].(string); slices.Contains(schema.Types[name].Interfaces, "Node") {
				p.cacheQuery(cache, gina, fmt.Sprintf("{ node(id: %q) { __typename ... on %s %s } }",
					id, name, everythingFor(schema, name, nil)))
			}
		}
		for _, name := range []string{
			"User", "Participant", "Member", "QueueItem", "Room", "RoomEvent", "RoomQueue", "Playback", "RoomSchedule",
			"ViewerInRoom",
		} {
			if cache.counts[name] < 2 {
				t.Errorf("%d objects of %s were compared", cache.counts[name], name)
			}
		}
	})
}

// objectCache stores objects by their ids, as Relay's store does, and reports values that differ.
type objectCache struct {
	*testing.T
	schema  *ast.Schema
	objects map[string]map[string]any // id → field → value
	counts  map[string]int            // type → how often an object of it was seen
}

func newCache(t *testing.T) *objectCache {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	return &objectCache{t, schema, map[string]map[string]any{}, map[string]int{}}
}

// add stores the objects in an answer. It returns the answer with each of these objects replaced by its id.
func (c *objectCache) add(answer any, path string) any {
	switch answer := answer.(type) {
	case []any:
		for i, element := range answer {
			answer[i] = c.add(element, path)
		}
	case map[string]any:
		for field, value := range answer {
			answer[field] = c.add(value, path+"."+field)
		}
		if id, ok := answer["id"].(string); ok {
			c.compare(id, answer, path)
			return id
		}
	}
	return answer
}

func (c *objectCache) compare(id string, object map[string]any, path string) {
	known := c.objects[id]
	if known == nil {
		known = map[string]any{}
		c.objects[id] = known
	}
	c.counts[object["__typename"].(string)]++
	for field, value := range object {
		before, seen := known[field]
		if seen && !reflect.DeepEqual(value, before) {
			c.Errorf("%s.%s of %s is %v at %s, and was %v before", object["__typename"], field, id, value, path, before)
		}
		known[field] = value
	}
}

func (p *fixture) cacheQuery(cache *objectCache, who *person, query string) {
	p.Helper()
	var data any
	p.first.ask(who, query, &data)
	cache.add(data, strings.Fields(query)[1])
}

// cacheSubscriptions caches the first event of each subscription to a room.
func (p *fixture) cacheSubscriptions(cache *objectCache, who *person, roomID string) {
	p.Helper()
	for _, field := range cache.schema.Subscription.Fields {
		query := "subscription($r: ID!) { " + field.Name + "(roomId: $r) " +
			everythingFor(cache.schema, field.Type.Name(), nil) + " }"
		feed, err := p.first.subscribe(who, query, map[string]any{"r": roomID})
		p.must(err)
		var data any
		p.must(feed.next(&data))
		feed.Close()
		cache.add(data, field.Name)
	}
}

// everythingFor selects all fields of a type, for a single viewer. Within itself a type is not selected again, except
// for its id.
func everythingFor(schema *ast.Schema, typeName string, within []string) string {
	definition := schema.Types[typeName]
	if !definition.IsCompositeType() {
		return ""
	}
	if slices.Contains(within, typeName) {
		return "{ __typename " + idOf(definition) + "}"
	}
	fields := "{ __typename "
	for _, field := range definition.Fields {
		if !strings.HasPrefix(field.Name, "__") {
			fields += field.Name + everythingFor(schema, field.Type.Name(), append(within, typeName)) + " "
		}
	}
	return fields + "}"
}

func idOf(definition *ast.Definition) string {
	if definition.Fields.ForName("id") != nil {
		return "id "
	}
	return ""
}

// anotherRoom opens a room of another host, and returns its id.
func (p *fixture) anotherRoom(host string) string {
	p.Helper()
	login, err := p.first.accounts.DemoLogin(p.Context(), host)
	p.must(err)
	room, err := p.first.jukebox.CreateRoom(p.person(login).ctx, jukebox.RoomInput{}, nil)
	p.must(err)
	return room.ID
}

func (p *fixture) codeOf(roomID string) string {
	p.Helper()
	row, err := p.store.Read.Room.Get(p.Context(), roomID)
	p.must(err)
	return row.Code
}

// makeCohost gives somebody the rights to see everything in a room.
func (p *fixture) makeCohost(who *person, roomID string) {
	p.Helper()
	row, err := p.store.Read.Room.Get(p.Context(), roomID)
	p.must(err)
	host, err := account.ViewerFrom(p.host.ctx)
	p.must(err)
	host.UserID = row.HostID
	guest, err := account.ViewerFrom(who.ctx)
	p.must(err)
	_, err = p.first.jukebox.SetRole(account.WithViewer(p.Context(), host), roomID, guest.UserID, party.RoleCohost)
	p.must(err)
}

// stay keeps somebody present in a room until the subscription is closed.
func (p *fixture) stay(who *person, roomID string) *feed {
	p.Helper()
	feed, err := p.first.subscribe(who, `subscription($r: ID!) { playback(roomId: $r) { version } }`,
		map[string]any{"r": roomID})
	p.must(err)
	var event any
	p.must(feed.next(&event))
	return feed
}

// hold has the rules hold all songs of a room that wait.
func (p *fixture) hold(who *person, roomID string) {
	p.Helper()
	seconds := 60
	change := jukebox.RoomUpdate{Settings: &party.SettingsChange{MaxSongSeconds: &seconds}}
	_, err := p.first.jukebox.UpdateRoom(who.ctx, roomID, change, nil)
	p.must(err)
}

// queueOf returns the queue of a room as somebody sees it.
func (p *fixture) queueOf(who *person, roomID string) []*party.QueueItem {
	p.Helper()
	room, err := p.first.jukebox.Room(who.ctx, roomID)
	p.must(err)
	queue, err := p.first.jukebox.Queue(who.ctx, room)
	p.must(err)
	return queue.Items
}
