package party

import "time"

// RoomHealth says whether a room's music can go on, with a sentence for the guests and one for the host.
type RoomHealth struct {
	State        HealthState
	Reason       *HealthReason // why exactly; nil where State says it all
	Until        *time.Time    // with HealthCoolingDown: when Spotify is asked again
	GuestMessage string
	HostMessage  string
}

// message is what guests read, and what the host does.
type message struct{ guests, host string }

var healthMessages = map[HealthState]message{
	HealthOK:              {"The music plays.", "All is well."},
	HealthNothingToPlay:   {"The queue is empty: add a song!", "The queue is empty: add a song or ask your guests to."},
	HealthDeviceLost:      {"The player is switched off.", "No player is active: open Spotify on the device that shall play."},
	HealthHostTookOver:    {"The host is playing something else.", "Your Spotify plays something that is not from this room; the room's next song follows when it ends. Skip to take over at once."},
	HealthReconnectNeeded: {"The host has to connect Spotify again.", "Spotify does not accept the connection any more: connect it again."},
	HealthNotAllowed:      {"The host's Spotify account cannot be controlled.", "Spotify refuses: the account needs Premium, and has to be on the list of this server's Spotify app."},
	HealthCoolingDown:     {"Spotify needs a short break.", "Spotify asks for fewer requests; the music that was handed over goes on, and new songs follow."},
	HealthUnreachable:     {"Spotify cannot be reached.", "Spotify does not answer; the server keeps trying."},
}

var reasonMessages = map[HealthReason]message{
	ReasonNotListed:       {"The host's Spotify account cannot be controlled.", "Your account is not on the list of this server's Spotify app: whoever owns the app adds it in Spotify's developer dashboard, where there is room for five."},
	ReasonOwnerPremium:    {"The host's Spotify account cannot be controlled.", "Spotify has closed this server's app: its owner needs a Premium subscription."},
	ReasonNoPremium:       {"The host's Spotify account cannot be controlled.", "Spotify plays at our word for Premium accounts only: press play yourself on the room's playlist, or subscribe."},
	ReasonScope:           {"The host has to connect Spotify again.", "You did not allow all that is needed: connect Spotify again and allow it."},
	ReasonNotConnected:    {"The host has disconnected Spotify.", "Spotify is not connected: connect it, and the music goes on."},
	ReasonQuota:           {"Spotify needs a longer break.", "This server's Spotify app has used up its quota; the music that was handed over goes on, and new songs follow when Spotify allows it."},
	ReasonRestricted:      {"The player cannot be controlled.", "This device takes no commands from outside: choose another one."},
	ReasonChooseDevice:    {"The player is switched off.", "No player is active, and there are several: choose one."},
	ReasonPressPlay:       {"The music starts as soon as the host presses play.", "Press play on the room's playlist in Spotify, or here."},
	ReasonNoPlaylist:      {"The music plays.", "Spotify lets this server's app write no playlist, so songs go to your player's queue."},
	ReasonPlaylistIgnored: {"The music plays.", "Your player does not notice new songs in the playlist, so they go to its queue."},
}

// RoomHealth describes the health of what is played.
func (p *Playback) RoomHealth() RoomHealth {
	h := RoomHealth{State: p.Health, Until: p.Until}
	m := healthMessages[p.Health]
	if specific, known := reasonMessages[p.Reason]; known {
		m, h.Reason = specific, &p.Reason
	}
	h.GuestMessage, h.HostMessage = m.guests, m.host
	return h
}
