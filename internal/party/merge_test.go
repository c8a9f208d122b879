package party_test

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// fixed are the fields of a room that never change.
var fixed = map[string]bool{"ID": true, "Code": true, "CreatedAt": true}

// Whatever a room shows and can change gives the room subscription a new version. Without one, subscribers would not
// learn of the change.
func TestEveryChangeOfTheRoomIsANewRoomVersion(t *testing.T) {
	before := party.RoomRow{Version: 1}
	shown, columns := reflect.TypeFor[party.Room](), reflect.TypeFor[party.RoomRow]()
	tried := 0
	for field := range shown.Fields() {
		_, inRow := columns.FieldByName(field.Name)
		if !field.IsExported() || fixed[field.Name] {
			continue
		}
		if tried++; !inRow {
			t.Errorf("RoomRow has no %s, which a room shows", field.Name)
			continue
		}
		after := before
		after.Version = 2
		change(t, reflect.ValueOf(&after).Elem().FieldByName(field.Name))
		have := party.Merge(nil, before, nil, party.Playback{}, party.Affected{})
		next := party.Merge(have, after, nil, party.Playback{}, party.Affected{})
		if next.RoomVersion != after.Version {
			t.Errorf("%s changed, and the room's version stayed %d: compare it in sameRoom", field.Name, next.RoomVersion)
		}
		if reflect.ValueOf(next.Room()).Elem().FieldByName(field.Name).IsZero() {
			t.Errorf("State.Room does not show %s", field.Name)
		}
	}
	if tried < 2 {
		t.Errorf("only %d fields were tried", tried)
	}
}

// change gives a field another value than the zero value.
func change(t *testing.T, field reflect.Value) {
	t.Helper()
	switch value := field.Addr().Interface().(type) {
	case *string:
		*value = "changed"
	case *int:
		*value = 1
	case *bool:
		*value = true
	case *time.Time:
		*value = time.Unix(1, 0)
	case *party.RoomOffer:
		*value = party.RoomOffer{UserID: "somebody"}
	case *party.RoomStatus:
		*value = party.Closed
	default:
		t.Fatalf("say how a %s changes", field.Type())
	}
}
