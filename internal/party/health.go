package party

import "time"

// RoomHealth says whether a room's music can go on, with one sentence for the guests and one for the host.
type RoomHealth struct {
	State        HealthState
	Reason       *HealthReason // the exact cause; nil if State says everything
	Until        *time.Time    // with HealthCoolingDown: when the server asks Spotify again
	GuestMessage string
	HostMessage  string
}

// message is a pair of sentences: one for the guests, and one for the host that says what to do.
type message struct{ guests, host string }

var healthMessages = map[HealthState]message{
	HealthOK: {
		"The music is playing.",
		"Everything is fine.",
	},
	HealthNothingToPlay: {
		"The queue is empty. Add a song!",
		"The queue is empty. Add a song, or ask your guests to add one.",
	},
	HealthDeviceLost: {
		"The player is switched off.",
		"No player is active. Open Spotify on the device that should play.",
	},
	HealthHostTookOver: {
		"The host is playing something else.",
		"Your Spotify is playing something that is not from this room. " +
			"The room's next song follows when it ends; skip to play it now.",
	},
	HealthReconnectNeeded: {
		"The host has to reconnect Spotify.",
		"Spotify no longer accepts the connection. Please reconnect Spotify.",
	},
	HealthNotAllowed: {
		"The host's Spotify account cannot be controlled.",
		"Spotify does not allow us to control your player. " +
			"Your account needs Premium, and has to be on the list of this server's Spotify app.",
	},
	HealthCoolingDown: {
		"Spotify needs a short break.",
		"Spotify asks for fewer requests. Songs already handed over keep playing, and new ones follow soon.",
	},
	HealthUnreachable: {
		"Spotify cannot be reached.",
		"Spotify does not answer. The server keeps trying.",
	},
}

var reasonMessages = map[HealthReason]message{
	ReasonNotListed: {
		"The host's Spotify account cannot be controlled.",
		"Your account is not on the list of this server's Spotify app. " +
			"The app's owner can add it in Spotify's developer dashboard, which has room for five accounts.",
	},
	ReasonOwnerPremium: {
		"The host's Spotify account cannot be controlled.",
		"Spotify has disabled this server's app, because its owner needs a Premium subscription.",
	},
	ReasonNoPremium: {
		"The host's Spotify account cannot be controlled.",
		"Spotify lets us control the player of Premium accounts only. " +
			"Press play on the room's playlist yourself, or get Premium.",
	},
	ReasonScope: {
		"The host has to reconnect Spotify.",
		"Some permissions are missing. Please reconnect Spotify and allow all of them.",
	},
	ReasonNotConnected: {
		"The host has disconnected Spotify.",
		"Spotify is not connected. Connect it, and the music continues.",
	},
	ReasonQuota: {
		"Spotify needs a longer break.",
		"This server's Spotify app has used up its quota. " +
			"Songs already handed over keep playing, and new ones follow when Spotify allows it.",
	},
	ReasonRestricted: {
		"The player cannot be controlled.",
		"This device cannot be controlled from other apps. Please choose another one.",
	},
	ReasonChooseDevice: {
		"The player is switched off.",
		"No player is active, and there are several devices. Please choose one.",
	},
	ReasonPressPlay: {
		"The music starts as soon as the host presses play.",
		"Press play on the room's playlist in Spotify, or here.",
	},
	ReasonNoPlaylist: {
		"The music is playing.",
		"Spotify does not let this server's app write playlists, so songs go to your player's queue.",
	},
	ReasonPlaylistIgnored: {
		"The music is playing.",
		"Your player does not notice new songs in the playlist, so they go to its queue.",
	},
}

// RoomHealth returns the health of the playback with its sentences.
func (p *Playback) RoomHealth() RoomHealth {
	h := RoomHealth{State: p.Health, Until: p.Until}
	m := healthMessages[p.Health]
	if specific, known := reasonMessages[p.Reason]; known {
		m, h.Reason = specific, &p.Reason
	}
	h.GuestMessage, h.HostMessage = m.guests, m.host
	return h
}
