package graph_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// A document with two mutations answers both: that the second one is refused does not hide that the first was done.
func TestARefusedMutationDoesNotHideTheOneBefore(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		got := p.first.send(gina, fmt.Sprintf(`mutation($r: ID!) {
			added: addSong(roomId: $r, songUri: %q) { alreadyQueued }
			closed: closeRoom(roomId: $r) { id }
			addedToo: addSong(roomId: $r, songUri: %q) { alreadyQueued } }`, uri(1), uri(2)))
		var data struct {
			Added, AddedToo *struct{ AlreadyQueued bool }
			Closed          *struct{ ID string }
		}
		p.must(json.Unmarshal(got.Data, &data))
		if data.Added == nil || data.AddedToo == nil || data.Closed != nil {
			t.Errorf("the data is %s", got.Data)
		}
		if len(got.Errors) != 1 || fmt.Sprint(got.Errors[0].Path) != "[closed]" ||
			got.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("the errors are %+v, want one about closed", got.Errors)
		}
		if queue := p.queue(); len(queue) != 2 {
			t.Errorf("%d songs were added, want 2", len(queue))
		}
	})
}
