package jukebox

import (
	"context"
	"time"

	"antwon.dj/backend/internal/party"
)

// ViewerInRoom is the part of a room that differs between members: the member's role, likes, songs and quota.
type ViewerInRoom struct {
	RoomID       string
	Version      int64             // of the room
	Participant  party.Participant // the member
	Role         party.Role
	LikedItemIDs []string         // of songs in the queue that the member likes
	AddedItemIDs []string         // of songs in the queue that the member added
	Next         *party.QueueItem // the song that plays next, if it is the member's
	// AwaitingApproval are the member's songs that wait for approval, oldest first; for hosts, all such songs.
	AwaitingApproval []*party.QueueItem
	Quota            Quota
	SkipVote         *party.SkipVote // nil: nothing plays that the member could vote on
	Removed          bool            // removed or banned
}

// ID returns an id by which the caches of clients tell the ViewerInRoom of one member from another's.
func (v ViewerInRoom) ID() string { return "ViewerInRoom:" + v.Participant.ID }

// Quota is how many songs a member may add.
type Quota struct {
	Queued    int        // how many of the member's songs wait
	MaxQueued *int       // how many may wait at once; nil: there is no limit
	AddsLeft  *int       // how many songs the member may still add now; nil: there is no limit
	RefillsAt *time.Time // when AddsLeft is at least 1 again; nil: it is now, or there is no limit
}

// ViewerInRoom returns the viewer's own part of the room of this state. For members, and for those who were removed.
func (j *Jukebox) ViewerInRoom(ctx context.Context, s *party.State) (*ViewerInRoom, error) {
	a, err := j.accessToRoom(ctx, s.RoomID)
	if err == nil && a.role == "" { // such as a guest who has become a host; a removed member still has a role
		err = a.role.May(party.ActView)
	}
	if err != nil {
		return nil, err
	}
	liked, err := j.LikedItems(ctx, s.RoomID)
	if err != nil {
		return nil, err
	}
	v := &ViewerInRoom{
		RoomID: s.RoomID, Version: s.Version, Role: a.role,
		Removed:      a.role == party.RoleRemoved || a.role == party.RoleBanned,
		LikedItemIDs: []string{}, AddedItemIDs: []string{},
	}
	v.addItems(a, s, liked)
	if v.Quota, err = j.quota(ctx, a, s); err != nil {
		return nil, err
	}
	if v.SkipVote, err = j.skipVote(ctx, a, s); err != nil {
		return nil, err
	}
	if v.Participant, err = j.participant(ctx, s.RoomID, a.viewer.UserID); err != nil {
		return nil, err
	}
	next := s.Committed()
	if next == nil {
		next = s.NextToPlay(time.Now())
	}
	if next != nil && next.OwnerID() == a.viewer.UserID {
		v.Next = next
	}
	return v, nil
}

// addItems adds the items of a state that the viewer likes, added, or sees waiting for approval.
func (v *ViewerInRoom) addItems(a access, s *party.State, liked map[string]bool) {
	for _, item := range s.Queue {
		if liked[item.ID] {
			v.LikedItemIDs = append(v.LikedItemIDs, item.ID)
		}
		if item.AddedBy != nil && item.AddedBy.User.ID == a.viewer.UserID {
			v.AddedItemIDs = append(v.AddedItemIDs, item.ID)
		}
	}
	for _, item := range s.Awaiting {
		if item.OwnerID() == a.viewer.UserID || a.role.May(party.ActApprove) == nil {
			v.AwaitingApproval = append(v.AwaitingApproval, item)
		}
	}
}

// quota returns how many songs the viewer may add. Only guests have limits.
func (j *Jukebox) quota(ctx context.Context, a access, s *party.State) (Quota, error) {
	q := Quota{Queued: s.QueuedBy(a.viewer.UserID)}
	if a.role != party.RoleGuest {
		return q, nil
	}
	q.MaxQueued = s.Settings.MaxQueuedPerGuest
	adds, err := j.loadAllowance(ctx, a, &s.Settings)
	if err != nil || adds.PerHour == 0 {
		return q, err
	}
	now := time.Now()
	left := adds.Left(now)
	q.AddsLeft = &left
	if left == 0 {
		at := adds.RefillsAt(now).UTC()
		q.RefillsAt = &at
	}
	return q, nil
}
