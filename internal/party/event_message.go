package party

import "strings"

// eventMessages are the sentences about events, by kind or, where they differ, by kind and detail.
var eventMessages = map[string]string{
	"ADDED":                "{actor} added {song}.",
	"ADDED_FOR":            "{actor} added {song} for {subject}.",
	"APPROVED":             "{actor} approved {song}.",
	"LIKED":                "{actor} liked {song}.",
	"UNLIKED":              "{actor} no longer likes {song}.",
	"WITHDRAWN":            "{actor} withdrew {song}.",
	"PASSED_ON":            "{actor} withdrew {song}, so it now belongs to {subject}.",
	"REMOVED":              "{actor} removed {song}.",
	"CLEARED":              "{actor} cleared the queue.",
	"SONGS_REMOVED":        "{actor} removed all songs of {subject}.",
	"PINNED":               "{actor} pinned {song} at place {detail}.",
	"UNPINNED":             "{actor} unpinned {song}.",
	"VOTED":                "{actor} voted to skip {song}.",
	"UNVOTED":              "{actor} no longer wants to skip {song}.",
	"SKIPPED":              "{actor} skipped {song}.",
	"SKIPPED VOTE":         "The guests voted {song} out, and {actor} cast the last vote.",
	"REFUSED":              "The player skipped {song}, because Spotify does not play it.",
	"PAUSED":               "{actor} paused the music.",
	"RESUMED":              "{actor} resumed the music.",
	"TRANSFERRED":          "{actor} moved the music to another device.",
	"SETTINGS":             "{actor} changed settings: {detail}.",
	"JOINED":               "{actor} joined.",
	"GUEST_REMOVED":        "{actor} removed {subject}.",
	"GUEST_REMOVED BANNED": "{actor} banned {subject}.",
	"ROLE":                 "{actor} made {subject} a guest again.",
	"ROLE COHOST":          "{actor} made {subject} a co-host.",
	"ROOM_OFFERED":         "{actor} offered the room to {subject}.",
	"HOST_CHANGED":         "{actor} took the room over from {subject}.",
	"ROLE TABLET":          "{actor} made {subject} a shared tablet.",
	"UNDONE":               "{actor} undid an action.",
	"UNDONE LIKED":         "{actor} undid liking {song}.",
	"UNDONE UNLIKED":       "{actor} undid unliking {song}.",
	"UNDONE ADDED":         "{actor} undid adding {song}.",
	"UNDONE ADDED_FOR":     "{actor} undid adding {song} for a guest.",
	"UNDONE WITHDRAWN":     "{actor} undid withdrawing {song}.",
	"UNDONE PASSED_ON":     "{actor} undid withdrawing {song}.",
	"UNDONE REMOVED":       "{actor} undid removing {song}.",
	"UNDONE CLEARED":       "{actor} undid clearing the queue.",
	"UNDONE SONGS_REMOVED": "{actor} undid removing all songs of a guest.",
	"EXPORTED":             "{actor} saved what was played as a playlist.",
	"CLOSED":               "{actor} closed the room.",
}

// Message returns the event as a sentence.
func (e RoomEvent) Message() string {
	detail, song := "", "a song"
	if e.Detail != nil {
		detail = *e.Detail
	}
	if e.Item != nil {
		song = "“" + e.Item.Song.Name + "”"
	}
	message, known := eventMessages[string(e.Kind)+" "+detail]
	if !known {
		message = eventMessages[string(e.Kind)]
	}
	return strings.NewReplacer(
		"{actor}", nameOr(e.Actor, "The server"), "{subject}", nameOr(e.Subject, "a member"),
		"{song}", song, "{detail}", detail,
	).Replace(message)
}

func nameOr(who *Participant, nobody string) string {
	if who == nil {
		return nobody
	}
	return who.DisplayName
}
