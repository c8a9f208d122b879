package sim

import (
	"cmp"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"time"
)

// Account is a host's account. ID is what GET /v1/me gives both as id and as account_id; RefreshToken buys access tokens
// with all scopes at POST /api/token, for six months and any client.
type Account struct {
	ID           string `json:"id"`
	DisplayName  string `json:"display_name"`
	RefreshToken string `json:"refresh_token"`
}

// account is an Account with what belongs to it, as the state file keeps it.
type account struct {
	Account
	Devices  []Device `json:"devices"`
	Player   player   `json:"player"`
	Grants   []grant  `json:"grants"`
	Switches Switches `json:"switches"`
	Unsaved  []string `json:"unsaved,omitempty"` // tracks that were removed from the library

	before    player // the last command, for as long as the state is stale
	commanded time.Time
}

// AddAccount makes an account with an active speaker and a player that has nothing to play. Its errors are the state
// file's.
func (s *Spotify) AddAccount(displayName string) (Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addAccount("sim"+strings.ToLower(rand.Text()), displayName)
}

// addAccount is AddAccount for a given ID. The caller holds the lock.
func (s *Spotify) addAccount(id, displayName string) (Account, error) {
	a := account{Account: Account{ID: id, DisplayName: displayName, RefreshToken: newRefreshToken()}}
	a.Devices = activate([]Device{newDevice("Living room", "Speaker")}, 0)
	a.Grants = []grant{{Scopes: allScopes(), Token: a.RefreshToken, Key: a.RefreshToken, At: s.now()}}
	if err := s.put(a); err != nil {
		return Account{}, err
	}
	s.log.Info("simulated account added", "account_id", a.ID)
	return a.Account, nil
}

// Accounts returns all accounts, by name.
func (s *Spotify) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed()
}

func (s *Spotify) listed() []Account {
	list := make([]Account, 0, len(s.state.Accounts))
	for _, a := range slices.SortedFunc(maps.Values(s.state.Accounts), func(a, b account) int {
		return cmp.Or(cmp.Compare(a.DisplayName, b.DisplayName), cmp.Compare(a.ID, b.ID))
	}) {
		list = append(list, a.Account)
	}
	return list
}

// SetDeviceActive makes an account's device inactive, or its first one active. An inactive device does not play: the
// player stands still, GET /v1/me/player is 204 and commands are NO_ACTIVE_DEVICE until one names the device. Unlike
// Host.CloseApp it leaves the device in the list.
func (s *Spotify) SetDeviceActive(accountID string, active bool) error {
	return s.changeAccount(accountID, func(a *account, w *hand) error {
		if active {
			return a.wake()
		}
		a.Devices = activate(a.Devices, -1)
		if a.Player.Playing {
			a.Player = a.Player.pause(w.now, "closed")
		}
		return nil
	})
}
