//go:build linux

package measure

import (
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Bench measures with trials of given sizes.
type Bench struct {
	*trial.Runner
	Sizes
}

// Sizes say how long the measurements take.
type Sizes struct {
	FlowFor       time.Duration // how long likes come at a constant rate
	FloodFor      time.Duration // how long a slow server may need for the likes of a flood
	OneByOneFor   time.Duration // how long likes wait for each other, unless there have been LikesOneByOne before
	LikesOneByOne int
	CostLikes     int // likes whose processor time is measured
	Resumes       int // clients that reconnect after a restart
	Churns        int // connections that are opened and closed, in waves
	Wave          int // connections at the same time
}

// FullSizes are the sizes of a run whose figures count.
func FullSizes() Sizes {
	return Sizes{
		FlowFor: 2 * time.Second, FloodFor: 4 * time.Second, OneByOneFor: 3 * time.Second, LikesOneByOne: 150,
		CostLikes: 200, Resumes: 1000, Churns: 10_000, Wave: 500,
	}
}

// QuickSizes are the sizes of a run that only tests the tool itself.
func QuickSizes() Sizes {
	return Sizes{
		FlowFor: 400 * time.Millisecond, FloodFor: time.Second, OneByOneFor: 300 * time.Millisecond, LikesOneByOne: 20,
		CostLikes: 30, Resumes: 100, Churns: 200, Wave: 50,
	}
}

// LikesPerSecond is the constant rate of likes.
const LikesPerSecond = 200

const likeEvery = time.Second / LikesPerSecond

// flowRequest returns the request for likes at the constant rate.
func (b *Bench) flowRequest(s *trial.Setup) server.LikeRequest {
	return server.LikeRequest{Rooms: s.Shape.Rooms, Likes: int(b.FlowFor / likeEvery), Every: likeEvery}
}

// floodRequest is flowRequest, but with fewer likes for a server that executes each subscription separately, which
// would otherwise need minutes. The parameter each is how long that server takes to deliver one like.
func (b *Bench) floodRequest(s *trial.Setup, each time.Duration) server.LikeRequest {
	request := b.flowRequest(s)
	if s.Kind == server.Stock || s.Kind == server.Yoga {
		request.Likes = min(request.Likes, max(fewestLikes, int(b.FloodFor/max(each, time.Millisecond))))
	}
	return request
}

const fewestLikes = 5

// oneLike is the request for one like in a room.
func oneLike(room int) server.LikeRequest {
	return server.LikeRequest{FirstRoom: room, Rooms: 1, Likes: 1}
}

// oneSubscriber is the trial of antwon with a single subscriber of roomQueueChanges.
var oneSubscriber = trial.Trial{
	Kind: server.Antwon, Shape: trial.Shape{Rooms: 1, PerRoom: 1}, Document: trial.ChangesDocument,
}
