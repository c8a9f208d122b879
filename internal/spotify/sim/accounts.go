package sim

import (
	"cmp"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"time"
)

// Account is a host's account. GET /v1/me returns its ID both as id and as account_id. RefreshToken yields access
// tokens with all scopes at POST /api/token, for six months and for any client.
type Account struct {
	ID           string `json:"id"`
	DisplayName  string `json:"display_name"`
	RefreshToken string `json:"refresh_token"`
}

// account is an Account with everything that belongs to it, as the state file stores it.
type account struct {
	Account
	Devices  []Device  `json:"devices"`
	Player   player    `json:"player"`
	Grants   []grant   `json:"grants"`
	Switches Switches  `json:"switches"`
	Awake    time.Time `json:"awake,omitzero"`    // when a device was last used
	Unsaved  []string  `json:"unsaved,omitempty"` // tracks that were removed from the library

	playerBefore player    // the player before the last command, for stale states
	lastCommand  time.Time // when that command was executed

	late []lateCommand // commands that have been answered, but not applied yet, ordered by time
	past []pastAccount // its earlier states, oldest first
}

// AddAccount creates an account with an active speaker and a player that has nothing to play. It returns an error if
// the state file cannot be written.
func (s *Spotify) AddAccount(displayName string) (Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addAccount("sim"+strings.ToLower(rand.Text()), displayName)
}

// addAccount is AddAccount with a given ID. The caller holds the lock.
func (s *Spotify) addAccount(id, displayName string) (Account, error) {
	a := account{Account: Account{ID: id, DisplayName: displayName, RefreshToken: newRefreshToken()}}
	a.Devices = activate([]Device{newDevice("Living room", "Speaker")}, 0)
	a.Grants = []grant{{Scopes: allScopes(), Token: a.RefreshToken, Key: a.RefreshToken, At: s.now()}}
	if err := s.saveAccount(a); err != nil {
		return Account{}, err
	}
	s.log.Info("simulated account added", "account_id", a.ID)
	return a.Account, nil
}

// Accounts returns all accounts, ordered by name.
func (s *Spotify) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sortedAccounts()
}

// sortedAccounts is Accounts for a caller that holds the lock.
func (s *Spotify) sortedAccounts() []Account {
	list := make([]Account, 0, len(s.state.Accounts))
	for _, a := range slices.SortedFunc(maps.Values(s.state.Accounts), func(a, b account) int {
		return cmp.Or(cmp.Compare(a.DisplayName, b.DisplayName), cmp.Compare(a.ID, b.ID))
	}) {
		list = append(list, a.Account)
	}
	return list
}

// SetDeviceActive makes an account's device inactive, or its first one active. An inactive device does not play: the
// player pauses, GET /v1/me/player responds 204, and commands fail with NO_ACTIVE_DEVICE until one names the device.
// Unlike Host.CloseApp it leaves the device in the list.
func (s *Spotify) SetDeviceActive(accountID string, active bool) error {
	return s.changeAccount(accountID, func(a *account, w *accountChange) error {
		if active {
			return a.ensureActiveDevice()
		}
		a.Devices = activate(a.Devices, -1)
		if a.Player.Playing {
			a.Player = a.Player.pause(w.now, "closed")
		}
		return nil
	})
}
