package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// stateVersion changes when an older file cannot be read any more.
const stateVersion = 1

// state is the whole of the state file. Positions of playing players are as of their Since: the clock does the rest.
type state struct {
	Version  int                `json:"version"`
	Accounts map[string]account `json:"accounts"`
}

// loadState reads the accounts of a file; without a name, or before the first save, there are none.
func loadState(file string, songs *catalogue) (map[string]account, error) {
	if file == "" {
		return map[string]account{}, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]account{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("state of the simulated Spotify: %w", err)
	}
	var st state
	if err = json.Unmarshal(data, &st); err == nil {
		err = st.check(songs)
	}
	if err != nil {
		return nil, fmt.Errorf("state file %s of the simulated Spotify is broken (%w): "+
			"move it away to start without accounts; hosts then log in anew", file, err)
	}
	return st.Accounts, nil
}

func (st state) check(songs *catalogue) error {
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
		ids := a.Player.upcoming()
		if a.Player.Track != "" {
			ids = append(ids, a.Player.Track)
		}
		for _, id := range ids {
			if songs.byID[id] == nil {
				return fmt.Errorf("unknown track %q", id)
			}
		}
	}
	return nil
}

// put stores an account and saves; when that fails, nothing has changed. The caller holds the lock.
func (s *Spotify) put(a account) error {
	accounts := maps.Clone(s.accounts)
	accounts[a.ID] = a
	if err := saveState(s.stateFile, accounts); err != nil {
		return fmt.Errorf("save the state of the simulated Spotify: %w", err)
	}
	s.accounts = accounts
	return nil
}

// saveState replaces the file in one step: whatever happens, the file is the old one or the new one, and whole. It
// holds refresh tokens, so only its owner may read it.
func saveState(file string, accounts map[string]account) error {
	if file == "" {
		return nil
	}
	data, err := json.MarshalIndent(state{Version: stateVersion, Accounts: accounts}, "", "  ")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // nothing to remove once it is renamed
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}
