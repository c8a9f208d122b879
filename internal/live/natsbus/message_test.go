package natsbus_test

import (
	"fmt"
	"strings"
	"testing"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

func TestMessagesAreSmall(t *testing.T) {
	const room = "0198c0de-0000-7000-8000-000000000000"
	for want, hint := range map[string]live.Hint{
		`{"t":"` + room + `","s":1,"v":2}`:           {Topic: room, Since: 1, Version: 2},
		`{"t":"` + room + `","s":1,"v":2,"u":[]}`:    {Topic: room, Since: 1, Version: 2, Users: []string{}},
		`{"t":"` + room + `","s":1,"v":3,"u":["x"]}`: {Topic: room, Since: 1, Version: 3, Users: []string{"x"}},
		`{"t":"` + room + `","s":1,"v":2,"u":["x"],"m":true}`: {
			Topic: room, Since: 1, Version: 2, Users: []string{"x"}, Minor: true,
		},
	} {
		if got, err := natsbus.Encode(hint); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

// FuzzDecode checks that a message is either refused or a hint within the bounds, which does not change when it is
// encoded and decoded again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"t":"r","s":1,"v":2}`, `{"t":"r","s":1,"v":2,"m":true}`,
		`{"t":"r","s":1,"v":2,"u":["x",""]}`, `{"t":"r","u":[]}`, `{"u":null}`, "[1]", "\xff",
		`{"t":"\ud800","v":9223372036854775807}`, `{"t":"r","v":1,"u":[` + strings.Repeat(`"x",`, 64) + `"x"]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		hint, err := natsbus.Decode(text)
		if err != nil {
			return
		}
		if hint.Topic == "" || hint.Since < 0 || hint.Version < hint.Since || len(hint.Users) > 64 {
			t.Fatalf("decoded %q to %+v", text, hint)
		}
		again, err := natsbus.Encode(hint)
		if err != nil { // our encoding of it is longer than a message may be
			return
		}
		if back, err := natsbus.Decode(again); err != nil || fmt.Sprintf("%#v", back) != fmt.Sprintf("%#v", hint) {
			t.Fatalf("%#v became %s and %#v, %v", hint, again, back, err)
		}
	})
}

func TestCheckURL(t *testing.T) {
	for url, want := range map[string]string{
		"nats://localhost":                  "nats://localhost",
		"nats://127.0.0.1:4222/":            "nats://127.0.0.1:4222/",
		"tls://antwon:secret@[::1]:4222":    "tls://antwon:xxxxx@[::1]:4222",
		"nats://secrettoken@localhost:4222": "nats://xxxxx@localhost:4222",
		"wss://nats.example.org":            "wss://nats.example.org",
	} {
		if shown, err := natsbus.CheckURL(url); err != nil || shown != want {
			t.Errorf("CheckURL(%s) = %s, %v, want %s", url, shown, err, want)
		}
	}
	for _, url := range []string{
		"", "localhost:4222", "http://localhost", "nats://", "nats://:4222", "nats:secret", "nats://localhost:x",
		"nats://localhost:99999", "nats://u:secret#x@localhost", "nats://localhost/secret", "nats://localhost?secret",
		"nats://a:secret@b,nats://c", "nats://u:sec ret@h:1:2",
	} {
		shown, err := natsbus.CheckURL(url)
		if err == nil || strings.Contains(shown+err.Error(), "secret") {
			t.Errorf("CheckURL(%s) = %s, %v", url, shown, err)
		}
		if _, err := natsbus.Connect(url, natsbus.Options{}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("Connect(%s): %v", url, err)
		}
	}
}
