package jukebox

import (
	"cmp"
	"context"
	"time"

	"antwon.dj/backend/internal/party"
)

// ViewerInRoom is what somebody has and may do in a room.
type ViewerInRoom struct {
	RoomID       string
	Version      int64 // of the room
	Role         party.Role
	LikedItemIDs []string // among those in the queue
	AddedItemIDs []string // among those in the queue
	Next         *party.QueueItem
	// Their songs that wait for approval, oldest first; for hosts, everybody's.
	AwaitingApproval []*party.QueueItem
	Quota            Quota
	Removed          bool
}

// Quota is how much somebody may add.
type Quota struct {
	Queued    int
	MaxQueued *int // nil: as many as they like
	AddsLeft  *int // nil: as many as they like
	RefillsAt *time.Time
}

// ViewerInRoom returns what the viewer has and may do in the room that a state shows.
func (j *Jukebox) ViewerInRoom(ctx context.Context, s *party.State) (*ViewerInRoom, error) {
	a, err := j.accessToRoom(ctx, s.RoomID)
	if err == nil && a.role == "" { // a guest who has become a host; who was removed is told so below
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
		RoomID: s.RoomID, Version: s.Version, Role: a.role, Removed: a.role == party.RoleRemoved || a.role == party.RoleBanned,
		LikedItemIDs: []string{}, AddedItemIDs: []string{},
	}
	for _, item := range s.Queue {
		if liked[item.ID] {
			v.LikedItemIDs = append(v.LikedItemIDs, item.ID)
		}
		if item.AddedBy != nil && item.AddedBy.ID == a.viewer.UserID {
			v.AddedItemIDs = append(v.AddedItemIDs, item.ID)
		}
	}
	for _, item := range s.Awaiting {
		if item.OwnerID() == a.viewer.UserID || a.role.May(party.ActApprove) == nil {
			v.AwaitingApproval = append(v.AwaitingApproval, item)
		}
	}
	if v.Quota, err = j.quota(ctx, a, s); err != nil {
		return nil, err
	}
	if next := cmp.Or(s.Committed(), s.NextToPlay(time.Now())); next != nil && next.OwnerID() == a.viewer.UserID {
		v.Next = next
	}
	return v, nil
}

// quota tells how much the viewer may add.
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
