package jukebox

import "time"

// RoomHealth says whether a room's music can go on, with a sentence for the guests and one for the host.
type RoomHealth struct {
	State        HealthState
	Until        *time.Time // with HealthCoolingDown: when Spotify is asked again
	GuestMessage string
	HostMessage  string
}

// healthMessages are what guests and hosts read.
var healthMessages = map[HealthState][2]string{
	HealthOK:              {"The music plays.", "All is well."},
	HealthNothingToPlay:   {"The queue is empty: add a song!", "The queue is empty: add a song or ask your guests to."},
	HealthDeviceLost:      {"The player is switched off.", "No player is active: open Spotify on the device that shall play, and play anything for a second."},
	HealthHostTookOver:    {"The host is playing something else.", "Your Spotify plays something that is not from this room; the room's next song follows when it ends."},
	HealthReconnectNeeded: {"The host has to connect Spotify again.", "Spotify does not accept the connection any more: connect it again."},
	HealthNotAllowed:      {"The host's Spotify account cannot be controlled.", "Spotify refuses: the account needs Premium, and has to be on the list of this server's Spotify app."},
	HealthCoolingDown:     {"Spotify needs a short break.", "Spotify asks for fewer requests; the music that was handed over goes on, and new songs follow."},
	HealthUnreachable:     {"Spotify cannot be reached.", "Spotify does not answer; the server keeps trying."},
}

// RoomHealth describes the health of what is played.
func (p *Playback) RoomHealth() RoomHealth {
	messages := healthMessages[p.Health]
	return RoomHealth{p.Health, p.Until, messages[0], messages[1]}
}
