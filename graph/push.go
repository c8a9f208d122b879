package graph

import (
	"context"

	"antwon.dj/backend/internal/push"
)

func (r queryResolver) PushKey(context.Context) (*string, error) {
	if key := r.jukebox.Push().Key(); key != "" {
		return &key, nil
	}
	return nil, nil
}

func (r mutationResolver) SubscribePush(
	ctx context.Context, roomID, endpoint, p256dh, auth, pushKey, language string,
) (*bool, error) {
	return trueUnless(r.jukebox.Push().Subscribe(ctx, roomID, push.Subscription{
		Endpoint: endpoint, P256dh: p256dh, Auth: auth, PushKey: pushKey, Language: language,
	}))
}

func (r mutationResolver) UnsubscribePush(ctx context.Context, roomID, endpoint string) (*bool, error) {
	return trueUnless(r.jukebox.Push().Unsubscribe(ctx, roomID, endpoint))
}
