package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// stateVersion increases when older state files can no longer be read.
const stateVersion = 1

// state is the content of the state file. A player's position is that at its Since; its present position follows from
// the clock. A state is replaced and never modified.
type state struct {
	Version   int                 `json:"version"`
	Accounts  map[string]account  `json:"accounts"`
	Playlists map[string]playlist `json:"playlists"`
	App       AppSwitches         `json:"app"`
}

func (st state) clone() state {
	st.Accounts, st.Playlists = maps.Clone(st.Accounts), maps.Clone(st.Playlists)
	return st
}

// loadState reads a state file. The state is empty without a file name, and before the first save.
func loadState(file string, songs *catalogue, now time.Time) (state, error) {
	empty := state{Version: stateVersion, Accounts: map[string]account{}, Playlists: map[string]playlist{}}
	if file == "" {
		return empty, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return state{}, fmt.Errorf("state of the simulated Spotify: %w", err)
	}
	var st state
	if err = json.Unmarshal(data, &st); err == nil {
		if err = st.validate(songs); err == nil {
			err = st.migrate(data, now)
		}
	}
	if err != nil {
		return state{}, fmt.Errorf("state file %s of the simulated Spotify is broken (%w): "+
			"move it away to start without accounts; hosts then have to connect again", file, err)
	}
	return st, nil
}

func (st state) validate(songs *catalogue) error {
	if st.Version != stateVersion {
		return fmt.Errorf("version %d instead of %d", st.Version, stateVersion)
	}
	if st.Accounts == nil {
		return errors.New("no accounts")
	}
	for id, a := range st.Accounts {
		if id != a.ID || a.RefreshToken == "" {
			return fmt.Errorf("account %q is incomplete", id)
		}
		for _, id := range a.Player.trackIDs() {
			if songs.byID[id] == nil {
				return fmt.Errorf("unknown track %q", id)
			}
		}
	}
	for id, list := range st.Playlists {
		if _, known := st.Accounts[list.Owner]; id != list.ID || !known {
			return fmt.Errorf("playlist %q is incomplete", id)
		}
		for _, item := range list.Items {
			if songs.byID[item.Track] == nil {
				return fmt.Errorf("unknown track %q", item.Track)
			}
		}
	}
	return nil
}

// trackIDs returns all tracks that a player refers to.
func (p player) trackIDs() []string {
	ids := slices.Concat(p.Queue, p.List, p.All, p.Done)
	if p.Track != "" {
		ids = append(ids, p.Track)
	}
	for _, l := range p.Recent {
		ids = append(ids, l.Track)
	}
	return ids
}

// migrate adds the fields that are missing in files from before there were several devices and authorizations.
func (st *state) migrate(data []byte, now time.Time) error {
	var old struct {
		Accounts map[string]struct{ Device *Device }
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	if st.Playlists == nil {
		st.Playlists = map[string]playlist{}
	}
	for id, a := range st.Accounts {
		if device := old.Accounts[id].Device; device != nil && a.Devices == nil {
			device.Type = "Speaker"
			device.Volume = newDevice("", "").Volume
			a.Devices = []Device{*device}
		}
		if p := &a.Player; p.By == "" && p.Track != "" && p.Stalled == "" && (p.Playing || p.Position > 0) {
			p.By = ByContext
		}
		if a.Grants == nil {
			a.Grants = []grant{{Scopes: allScopes(), Token: a.RefreshToken, Key: a.RefreshToken, At: now}}
		}
		st.Accounts[id] = a
	}
	return nil
}

// saveAccount stores an account and saves the state. If that fails, nothing changes. The caller holds the lock.
func (s *Spotify) saveAccount(a account) error {
	next := s.state.clone()
	next.Accounts[a.ID] = a
	return s.commit(next)
}

// commit saves a changed state, makes it the current state, and passes the players' events to the event log. The caller
// holds the lock.
func (s *Spotify) commit(next state) error {
	if err := next.save(s.stateFile); err != nil {
		return fmt.Errorf("save the state of the simulated Spotify: %w", err)
	}
	for id, a := range next.Accounts {
		if len(a.Player.events) > 0 {
			s.eventLog.add(id, a.Player.events)
			a.Player.events = nil
			next.Accounts[id] = a
		}
	}
	s.state = next
	return nil
}

// save replaces the file atomically: whatever happens, the file is either the complete old one or the complete new one.
// As it contains refresh tokens, only its owner may read it.
func (st state) save(file string) error {
	if file == "" {
		return nil
	}
	data, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // has no effect once the file is renamed
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}
