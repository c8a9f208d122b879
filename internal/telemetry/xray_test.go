package telemetry

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

func TestXRayHeaderIsReadIfItNamesASpan(t *testing.T) {
	const root, parent = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
	for header, want := range map[string]string{
		"Root=" + root + ";Parent=" + parent + ";Sampled=1":          "5759e988bd862e3fe1be46a994272793 53995c3f42cd8ad8 01",
		"Self=1-1-1; Sampled=0; Parent=" + parent + "; Root=" + root: "5759e988bd862e3fe1be46a994272793 53995c3f42cd8ad8 00",
		"Root=" + root + ";Parent=" + parent:                         "5759e988bd862e3fe1be46a994272793 53995c3f42cd8ad8 00",
		"Root=" + root:                                               "", // from a load balancer, without a span
		"Root=2-5759e988-bd862e3fe1be46a994272793;Parent=" + parent:  "",
		"Root=1-5759e98-8bd862e3fe1be46a994272793;Parent=" + parent:  "",
		"Root=1-5759e988bd862e3fe1be46a994272793;Parent=" + parent:   "",
		"Root=1-00000000-000000000000000000000000;Parent=" + parent:  "",
		"Root=" + root + ";Parent=0000000000000000;Sampled=1":        "",
		"Root=" + root + ";Parent=" + parent + ";Root=nonsense":      "",
		"": "",
	} {
		carrier := propagation.MapCarrier{xrayHeader: header}
		got := trace.SpanContextFromContext(xrayPropagator{}.Extract(t.Context(), carrier))
		text := ""
		if got.IsValid() {
			text = got.TraceID().String() + " " + got.SpanID().String() + " " + got.TraceFlags().String()
		}
		if text != want {
			t.Errorf("%q: got %q, want %q", header, text, want)
		}
	}
}

// FuzzXRayHeader checks that a span does not change when it is written to a header and read again.
func FuzzXRayHeader(f *testing.F) {
	f.Add("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
	f.Add("Sampled=0; Parent=53995c3f42cd8ad8 ;Root=1-5759e988-bd862e3fe1be46a994272793")
	f.Fuzz(func(t *testing.T, header string) {
		read, err := parseXRay(header)
		if err != nil {
			return
		}
		carrier := propagation.MapCarrier{}
		xrayPropagator{}.Inject(trace.ContextWithSpanContext(context.Background(), read), carrier)
		again, err := parseXRay(carrier[xrayHeader])
		if err != nil || !again.Equal(read) {
			t.Errorf("%q became %q: %v", header, carrier[xrayHeader], err)
		}
	})
}

func TestXRayIDsBeginWithTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[trace.TraceID]bool{}
		for range 100 {
			id, span := xrayIDs{}.NewIDs(t.Context())
			if !id.IsValid() || !span.IsValid() || seen[id] {
				t.Fatalf("the ids %v, %v are invalid or not new", id, span)
			}
			if got := int64(binary.BigEndian.Uint32(id[:4])); got != time.Now().Unix() {
				t.Errorf("%v begins with %d, not with %d", id, got, time.Now().Unix())
			}
			seen[id] = true
			time.Sleep(time.Hour)
		}
	})
}

func TestLogLinesWithinASpanHaveItsIDs(t *testing.T) {
	id, _ := trace.TraceIDFromHex("5759e988bd862e3fe1be46a994272793")
	span, _ := trace.SpanIDFromHex("53995c3f42cd8ad8")
	within := trace.ContextWithSpanContext(t.Context(),
		trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: span}))
	for ids, want := range map[IDs]string{
		W3C:  "trace_id=5759e988bd862e3fe1be46a994272793 span_id=53995c3f42cd8ad8",
		XRay: "trace_id=1-5759e988-bd862e3fe1be46a994272793 span_id=53995c3f42cd8ad8",
	} {
		var out bytes.Buffer
		log := slog.New(LogHandler(slog.NewTextHandler(&out, nil), ids)).With("room_id", "7")
		log.InfoContext(within, "one")
		log.InfoContext(t.Context(), "two")
		one, two, _ := strings.Cut(out.String(), "\n")
		if !strings.Contains(one, want) || !strings.Contains(one, "room_id=7") || strings.Contains(two, "trace_id") {
			t.Errorf("%s: the log is\n%s", ids, out.String())
		}
	}
}
