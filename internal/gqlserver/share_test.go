package gqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/gqlserver"
)

// ask starts an operation with variables.
func (c *client) ask(id, query, variables string) {
	c.t.Helper()
	params, err := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	if err != nil {
		c.t.Fatal(err)
	}
	c.say(`{"id":"` + id + `","type":"subscribe","payload":` + string(params) + `}`)
}

func (s *service) executions(shared string) float64 {
	return s.sum("graphql_subscription_executions_total", map[string]string{"shared": shared})
}

// answers reads one response of each of n subscriptions, in any order, and returns the text that all of them have.
func (c *client) answers(n int) (same string) {
	c.t.Helper()
	ids := map[string]bool{}
	for range n {
		text, err := c.hear()
		id, rest, _ := strings.Cut(strings.TrimPrefix(text, `{"id":"`), `"`)
		if err != nil || ids[id] || same != "" && rest != same {
			c.t.Fatalf("got %s (%v) after %s", text, err, same)
		}
		ids[id], same = true, rest
	}
	return same
}

func TestHundredSubscribersCauseOneExecutionPerEvent(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.OperationsPerSecond = 1000 })
	clients := make([]*client, 20)
	for i := range clients {
		clients[i] = s.open(`{}`)
		for j := range 5 {
			id := fmt.Sprintf("%d/%d", i, j)
			if j%2 == 0 {
				clients[i].ask(id, `subscription Wall{changes{version added}}`, `null`)
			} else {
				clients[i].ask(
					id, "subscription Phone ( $then : Int )\n{ changes ( since : $then ) { version, added } }", `{"then":null}`,
				)
			}
		}
	}
	const events = 7
	for n := range events {
		if n > 0 {
			s.schema.diary.write(entry(n))
		}
		for _, c := range clients { // once all of them have it, it is not executed again
			if same := c.answers(5); !strings.Contains(same, fmt.Sprintf(`"version":%d}`, n)) {
				t.Fatalf("event %d: got %s", n, same)
			}
		}
	}
	if n := s.schema.executions.Load(); n != events || s.executions("true") != events || s.executions("false") != 0 {
		t.Errorf("%d executions, %v of them counted as shared, want %d", n, s.executions("true"), events)
	}
	if n := s.schema.diary.opened.Load(); n != 1 {
		t.Errorf("%d sources were opened, want 1", n)
	}
}

func TestEachStartingVersionIsExecutedOnce(t *testing.T) {
	s := start(t, nil)
	for i := range 3 {
		s.schema.diary.write(entry(i))
	}
	c := s.open(`{}`)
	for i, since := range []string{"1", "null", "2", "1", "3", "2", "null", "3", "1"} {
		c.ask(fmt.Sprint(i), `subscription($s:Int){changes(since:$s){since}}`, `{"s":`+since+`}`)
	}
	for range 9 {
		if _, event := c.nextChange(); event.Since != nil && (*event.Since < 1 || *event.Since > 3) {
			t.Errorf("got %+v", event)
		}
	}
	if n := s.executions("true"); n != 4 {
		t.Errorf("%v executions for 4 starting versions, want 4", n)
	}
}

func TestEquivalentOperationsShareAStream(t *testing.T) {
	const two = `subscription A{diary{version}} subscription B{diary{entries}}`
	for name, test := range map[string]struct {
		queries   [2]string
		variables [2]string
		shared    bool
	}{
		"name and spaces": {
			[2]string{`subscription A{diary{version}}`, "subscription B {\n diary { version } }"}, [2]string{`{}`, `null`}, true,
		},
		"fragment": {
			[2]string{
				`subscription{diary{...F}} fragment F on Diary{version}`,
				`subscription X{diary{...F}}fragment F on Diary { version }`,
			},
			[2]string{`{}`, `{}`}, true,
		},
		"default": {
			[2]string{
				`subscription($o:String="all"){diary(of:$o){version}}`, `subscription($o:String="x"){diary(of:$o){version}}`,
			},
			[2]string{`{}`, `{"o":"all"}`}, true,
		},
		"where to go on": {
			[2]string{`subscription{changes(since:0){version}}`, `subscription($s:Int){changes(since:$s){version}}`},
			[2]string{`{}`, `{"s":null}`}, true,
		},
		"other fragment": {
			[2]string{
				`subscription{diary{...F}} fragment F on Diary{version}`, `subscription{diary{...F}} fragment F on Diary{entries}`,
			},
			[2]string{`{}`, `{}`}, false,
		},
		"alias": {
			[2]string{`subscription{diary{version}}`, `subscription{d:diary{version}}`}, [2]string{`{}`, `{}`}, false,
		},
		"argument": {
			[2]string{`subscription{diary(of:"a"){version}}`, `subscription{diary(of:"b"){version}}`}, [2]string{`{}`, `{}`},
			false,
		},
		"variable": {
			[2]string{`subscription($o:String){diary(of:$o){version}}`, `subscription($o:String){diary(of:$o){version}}`},
			[2]string{`{"o":"a"}`, `{"o":"b"}`}, false,
		},
		"null and nothing": {
			[2]string{`subscription($o:String){diary(of:$o){version}}`, `subscription($o:String){diary(of:$o){version}}`},
			[2]string{`{"o":null}`, `{}`}, false,
		},
		"order": {
			[2]string{`subscription{diary{version entries}}`, `subscription{diary{entries version}}`}, [2]string{`{}`, `{}`},
			false,
		},
		"condition": {
			[2]string{
				`subscription($x:Boolean!){diary{version entries @include(if:$x)}}`,
				`subscription($x:Boolean!){diary{version entries @include(if:$x)}}`,
			},
			[2]string{`{"x":true}`, `{"x":false}`}, false,
		},
		"in two places": {
			[2]string{
				`subscription($s:Int=0){changes(since:$s){version}}`, `subscription($s:Int){changes(since:$s,of:"b"){version}}`,
			},
			[2]string{`{}`, `{}`}, false,
		},
		"one in disguise": {
			[2]string{
				`subscription($o:String){diary(of:$o){version}}`, `subscription{diary(of:"$o){version}}\n{\"o\":\"a\"}"){version}}`,
			},
			[2]string{`{"o":"a"}`, `{}`}, false,
		},
		"condition at root": {
			[2]string{`subscription{diary @include(if:true){version}}`, `subscription{diary @include(if:true){version}}`},
			[2]string{`{}`, `{}`}, false,
		},
		"two operations": {[2]string{two + "#A", two + "#B"}, [2]string{`{}`, `{}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			c := s.open(`{}`)
			for i, query := range test.queries {
				params, _ := json.Marshal(graphql.RawParams{Query: query, OperationName: operationNamed(query)})
				message := strings.Replace(string(params), `"variables":null`, `"variables":`+test.variables[i], 1)
				c.say(fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":%s}`, i, message))
				if got, err := c.hear(); err != nil || !strings.Contains(got, `"type":"next"`) {
					t.Fatalf("%s: got %s, %v", message, got, err)
				}
			}
			if streams := s.schema.diary.opened.Load(); test.shared != (streams == 1) {
				t.Errorf("there are %d streams", streams)
			}
		})
	}
}

// operationNamed returns the name of the operation to execute, which is in a comment at the end of the document.
func operationNamed(query string) string {
	_, name, _ := strings.Cut(query, "#")
	return name
}

func TestOperationsThatDependOnTheViewerAreNotShared(t *testing.T) {
	s := start(t, nil)
	eve, ada := s.open(`{"authorization":"Bearer eve"}`), s.open(`{"authorization":"Bearer ada"}`)
	for _, query := range []string{
		`subscription{diary{reader}}`,
		`subscription{diary{reader:reader}}`,
		`subscription{diary{...F}} fragment F on Diary{reader}`,
		`subscription{diary{...F}} fragment F on Diary{...G} fragment G on Reading{...{reader}}`,
		`subscription{diary{...on Reading{reader}}}`,
		`subscription{reading{reader}}`,
		`subscription{reading{...on Diary{reader}}}`,
		`subscription{diary{self{self{reader}}}}`,
		`subscription{diary{version:reader}}`,
		`subscription{diary{... @include(if:true){reader}}}`,
		`subscription{changes(since:0){reader}}`,
	} {
		for viewer, c := range map[string]*client{"eve": eve, "ada": ada} {
			c.subscribe("1", query)
			if got, err := c.hear(); err != nil || !strings.Contains(got, `:"`+viewer+`"}`) {
				t.Errorf("%s of %s: got %s, %v", query, viewer, got, err)
			}
			c.say(`{"id":"1","type":"complete"}`)
		}
	}
	if n := s.executions("true"); n != 0 {
		t.Errorf("%v executions were shared", n)
	}
}

func TestEachSubscriberOfASharedStreamNeedsPermission(t *testing.T) {
	s := start(t, nil)
	friend, stranger := s.open(`{"authorization":"Bearer eve"}`), s.open(`{"authorization":"Bearer stranger"}`)
	friend.subscribe("1", `subscription{diary{version}}`)
	friend.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
	stranger.subscribe("1", `subscription{diary{version}}`)
	if got, err := stranger.hear(); err != nil || !strings.Contains(got, errStranger.Error()) {
		t.Errorf("got %s, %v", got, err)
	}
	s.schema.diary.write("secret")
	friend.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":1}}}}`)
	stranger.say(`{"type":"ping"}`)
	stranger.expect(`{"type":"pong"}`)
}

func TestSharedFieldThatNeedsAViewerFailsForEverybody(t *testing.T) {
	s := start(t, nil)
	for _, viewer := range []string{"eve", "ada"} {
		c := s.open(`{"authorization":"Bearer ` + viewer + `"}`)
		c.subscribe("1", `subscription{peek{version}}`)
		if got, err := c.hear(); err != nil ||
			!strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":"masked"`) {
			t.Errorf("%s: got %s, %v", viewer, got, err)
		}
	}
}

// A shared stream executes the operation of its first subscriber, whose headers and extensions it must not use.
func TestSharedExecutionHasNoHeadersAndExtensions(t *testing.T) {
	var known atomic.Int64
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.AroundResponses = func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			op := graphql.GetOperationContext(ctx)
			known.Add(int64(len(op.Extensions) + len(op.Headers)))
			return next(ctx)
		}
	})
	c := s.open(`{}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{diary{version}}","extensions":{"secret":7}}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
	if n := known.Load(); n != 0 {
		t.Errorf("there are %d headers and extensions", n)
	}
}

func TestStreamIsReusedDuringItsLingerTimeAndEndsAfterIt(t *testing.T) {
	const linger = 5 * time.Second
	lingering := func(cfg *gqlserver.Config) { cfg.Limits.Linger = linger }
	inFakeTime(t, lingering, func(t *testing.T, s *service) {
		c := s.open(`{}`)
		subscribeOnce := func(wantSources int64) {
			t.Helper()
			c.subscribe("1", `subscription{diary{version}}`)
			c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
			c.say(`{"id":"1","type":"complete"}`)
			synctest.Wait()
			if n := s.schema.diary.opened.Load(); n != wantSources {
				t.Errorf("%d sources were opened, want %d", n, wantSources)
			}
		}
		subscribeOnce(1)
		time.Sleep(linger - time.Nanosecond)
		subscribeOnce(1)
		time.Sleep(linger)
		synctest.Wait()
		if n := s.gauge("graphql_shared_streams"); n != 0 || s.schema.diary.openSources.Load() != 0 {
			t.Errorf("there are %v streams and %d open sources", n, s.schema.diary.openSources.Load())
		}
		subscribeOnce(2)
	})
}

func TestFailingEventEndsTheSubscriptionsThatNeedIt(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	for _, id := range []string{"1", "2"} {
		c.subscribe(id, `subscription{diary{version}}`)
		c.expect(`{"id":"` + id + `","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
	}
	s.schema.diary.change(func() {
		s.schema.diary.err = errors.New("the cause is secret")
		s.schema.diary.entries = []string{"a"}
	})
	for range 2 {
		if got, err := c.hear(); err != nil || !strings.Contains(got, `"type":"error","payload":[{"message":"masked"`) {
			t.Fatalf("got %s, %v", got, err)
		}
	}
	s.schema.diary.change(func() { s.schema.diary.err = nil })
	s.schema.diary.write("b")
	c.subscribe("3", `subscription{diary{version}}`)
	c.expect(`{"id":"3","type":"next","payload":{"data":{"diary":{"version":2}}}}`) // and nothing before
}

func TestLateSubscribersGetTheLastState(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.subscribe("1", `subscription{diary{version}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
	s.schema.diary.change(func() { s.schema.diary.entries, s.schema.diary.last = []string{"the end"}, true })
	for id := 1; id <= 3; id++ {
		if id > 1 {
			c.subscribe(fmt.Sprint(id), `subscription{diary{version}}`)
		}
		c.expect(fmt.Sprintf(`{"id":"%d","type":"next","payload":{"data":{"diary":{"version":1}}}}`, id))
		c.expect(fmt.Sprintf(`{"id":"%d","type":"complete"}`, id))
	}
}

func TestEndOfAPrivateSubscriptionIsNotAnError(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	for range 20 {
		c.subscribe("1", `subscription{own{version}}`)
		c.expect(`{"id":"1","type":"next","payload":{"data":{"own":{"version":0}}}}`)
		c.say(`{"id":"1","type":"complete"}`)
	}
	s.waitUntil("all sources are closed", func() bool { return s.schema.diary.openSources.Load() == 0 })
	if n := s.gauge("graphql_errors_total"); n != 0 {
		t.Errorf("%v errors were counted", n)
	}
	if n := s.sum("graphql_operations_total", map[string]string{"outcome": "ok"}); n != 20 {
		t.Errorf("%v subscriptions were counted as ok, want 20", n)
	}
}
