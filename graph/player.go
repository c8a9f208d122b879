package graph

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

func (r mutationResolver) ConnectSpotify(ctx context.Context, returnTo *string) (*account.SpotifyAuthorization, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	asked, err := r.accounts.ConnectSpotify(ctx, returnTo)
	if err == nil {
		cookiesFrom(ctx).SetSpotify(asked.Browser)
	}
	return asked, err
}

func (r mutationResolver) DisconnectSpotify(ctx context.Context) (*bool, error) {
	return trueUnless(r.jukebox.DisconnectSpotify(ctx))
}

// trueUnless returns the result of a mutation that has nothing to show: true, or null if it failed.
func trueUnless(err error) (*bool, error) {
	if err != nil {
		return nil, err
	}
	return new(true), nil
}

func (r mutationResolver) SkipSong(ctx context.Context, roomID string, key *string) (*party.Playback, error) {
	return r.jukebox.SkipSong(ctx, roomID, key)
}

func (r mutationResolver) PausePlayback(ctx context.Context, roomID string) (*party.Playback, error) {
	return r.jukebox.PausePlayback(ctx, roomID)
}

func (r mutationResolver) ResumePlayback(ctx context.Context, roomID string) (*party.Playback, error) {
	return r.jukebox.ResumePlayback(ctx, roomID)
}

func (r mutationResolver) TransferPlayback(ctx context.Context, roomID, deviceID string) (*party.Playback, error) {
	return r.jukebox.TransferPlayback(ctx, roomID, deviceID)
}

func (r mutationResolver) SetVolume(ctx context.Context, roomID string, percent int) (*party.Playback, error) {
	return r.jukebox.SetVolume(ctx, roomID, percent)
}
