// Package control controls a simulated Spotify by JSON over HTTP. GET /control/ lists what can be done; the
// documentation of package sim says what it means.
package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// maxBody bounds request bodies, in bytes.
const maxBody = 64 << 10

// controller serves the endpoint of one simulated Spotify.
type controller struct{ *sim.Spotify }

// Handler returns a handler for all paths below /control/, which do what the methods of Spotify and Host do. GET
// /control/ lists them. Anybody who can reach the handler controls all players and can read all refresh tokens; it
// rejects only requests that a browser sends from another site.
func Handler(spotify *sim.Spotify) http.Handler {
	s := controller{spotify}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /control/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, help)
	})
	for pattern, do := range map[string]func(*http.Request) (any, error){
		"GET /control/accounts":                  s.accounts,
		"POST /control/accounts":                 s.add,
		"GET /control/accounts/{id}":             s.account,
		"POST /control/accounts/{id}/host":       s.host,
		"POST /control/accounts/{id}/switches":   s.switches,
		"POST /control/accounts/{id}/revoke":     s.revoke,
		"POST /control/accounts/{id}/troubles":   s.trouble,
		"DELETE /control/accounts/{id}/troubles": s.endTroubles,
		"POST /control/app":                      s.app,
		"POST /control/faults":                   s.faults,
		"DELETE /control/faults":                 s.clearFaults,
		"POST /control/looks":                    s.looks,
		"DELETE /control/looks":                  s.clearLooks,
		"POST /control/tracks":                   s.tracks,
		"DELETE /control/tracks":                 s.repairTracks,
		"POST /control/clock":                    s.clock,
		"GET /control/journal":                   s.journal,
		"GET /control/catalogue":                 func(*http.Request) (any, error) { return s.Catalogue(), nil },
	} {
		mux.HandleFunc(pattern, handlerOf(do))
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

// handlerOf responds with the result of do as JSON, or with its error and the status 400.
func handlerOf(do func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)) // before do takes a lock
		var result any
		if r.Body = io.NopCloser(bytes.NewReader(body)); err == nil {
			result, err = do(r)
		}
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, result)
	}
}

// decodeBody decodes a JSON body, which may be empty, and refuses unknown fields.
func decodeBody(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the body is not what GET /control/ shows: %w", err)
	}
	return nil
}

// textDuration is a duration that JSON represents as a string.
type textDuration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *textDuration) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = textDuration(d)
	return err
}

func (s controller) accounts(*http.Request) (any, error) { return s.Accounts(), nil }

func (s controller) add(r *http.Request) (any, error) {
	body := struct {
		DisplayName string `json:"display_name"`
	}{"Host"}
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	return s.AddAccount(body.DisplayName)
}

func (s controller) account(r *http.Request) (any, error) {
	id := r.PathValue("id")
	return map[string]any{"devices": s.Host(id).Devices(), "heard": s.Plays(id), "silences": s.Silences(id)}, nil
}

// switchesBody is Switches with durations as strings.
type switchesBody struct {
	*sim.Switches
	Stale      *textDuration `json:"stale"`
	Crossfade  *textDuration `json:"crossfade"`
	Automix    *textDuration `json:"automix"`
	AdBetween  *textDuration `json:"ad_between"`
	SleepAfter *textDuration `json:"sleep_after"`
}

// setDurations sets the durations of the switches that the body contains.
func (b switchesBody) setDurations() {
	for into, given := range map[*time.Duration]*textDuration{
		&b.Switches.Stale: b.Stale, &b.Switches.Crossfade: b.Crossfade, &b.Switches.Automix: b.Automix,
		&b.Switches.AdBetween: b.AdBetween, &b.Switches.SleepAfter: b.SleepAfter,
	} {
		if given != nil {
			*into = time.Duration(*given)
		}
	}
}

func (s controller) switches(r *http.Request) (any, error) {
	var result sim.Switches
	var failed error
	err := s.ChangeSwitches(r.PathValue("id"), func(sw *sim.Switches) {
		next := *sw
		body := switchesBody{Switches: &next}
		if failed = decodeBody(r, &body); failed == nil {
			body.setDurations()
			*sw, result = next, next
		}
	})
	return result, errors.Join(failed, err)
}

func (s controller) revoke(r *http.Request) (any, error) {
	return struct{}{}, s.Revoke(r.PathValue("id"))
}

func (s controller) app(r *http.Request) (any, error) {
	var result sim.AppSwitches
	var failed error
	err := s.ChangeAppSwitches(func(app *sim.AppSwitches) {
		next := *app
		body := struct {
			*sim.AppSwitches
			RetryAfter *textDuration `json:"retry_after,omitempty"`
		}{AppSwitches: &next}
		if failed = decodeBody(r, &body); failed == nil {
			if body.RetryAfter != nil {
				next.RetryAfter = time.Duration(*body.RetryAfter)
			}
			*app, result = next, next
		}
	})
	return result, errors.Join(failed, err)
}

func (s controller) faults(r *http.Request) (any, error) {
	var f sim.Fault
	body := struct {
		*sim.Fault
		For          textDuration `json:"for"`
		Delay        textDuration `json:"delay"`
		RetryAfter   textDuration `json:"retry_after"`
		AppliedAfter textDuration `json:"applied_after"`
	}{Fault: &f}
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	if err := f.Validate(); err != nil {
		return nil, err
	}
	f.For, f.Delay = time.Duration(body.For), time.Duration(body.Delay)
	f.RetryAfter, f.AppliedAfter = time.Duration(body.RetryAfter), time.Duration(body.AppliedAfter)
	s.InjectFault(f)
	return f, nil
}

func (s controller) clearFaults(*http.Request) (any, error) {
	s.ClearFaults()
	return struct{}{}, nil
}

func (s controller) looks(r *http.Request) (any, error) {
	var l sim.Look
	body := struct {
		*sim.Look
		Age textDuration `json:"age"`
		For textDuration `json:"for"`
	}{Look: &l}
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	l.Age, l.For = time.Duration(body.Age), time.Duration(body.For)
	return l, s.InjectLook(l)
}

func (s controller) clearLooks(*http.Request) (any, error) {
	s.ClearLooks()
	return struct{}{}, nil
}

func (s controller) tracks(r *http.Request) (any, error) {
	var body struct {
		URI    string `json:"uri"`
		Broken string `json:"broken"`
	}
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	return struct{}{}, s.BreakTrack(body.URI, body.Broken)
}

func (s controller) repairTracks(*http.Request) (any, error) {
	return struct{}{}, s.RepairTracks()
}

func (s controller) clock(r *http.Request) (any, error) {
	var body struct {
		Advance textDuration `json:"advance"`
	}
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	return map[string]time.Time{"now": s.Advance(time.Duration(body.Advance))}, nil
}

func (s controller) journal(*http.Request) (any, error) {
	return map[string]any{"requests": s.Requests(), "injected": s.Injected()}, nil
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}
