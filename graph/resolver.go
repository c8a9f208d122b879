// Package graph answers the schema's fields: one call of jukebox each. What a field means and who may ask stands in
// schema.graphqls; who really may is checked in jukebox.
package graph

import (
	"log/slog"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	jukebox  *jukebox.Jukebox
	accounts *account.Accounts
	log      *slog.Logger
}

// New returns resolvers that call j and accounts.
func New(j *jukebox.Jukebox, accounts *account.Accounts, log *slog.Logger) *Resolver {
	return &Resolver{jukebox: j, accounts: accounts, log: log}
}

type (
	queryResolver        struct{ *Resolver }
	mutationResolver     struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
	roomResolver         struct{ *Resolver }
	queueItemResolver    struct{ *Resolver }
	sessionResolver      struct{ *Resolver }
	viewerResolver       struct{ *Resolver }
)

func (r *Resolver) Query() QueryResolver               { return queryResolver{r} }
func (r *Resolver) Mutation() MutationResolver         { return mutationResolver{r} }
func (r *Resolver) Subscription() SubscriptionResolver { return subscriptionResolver{r} }
func (r *Resolver) Room() RoomResolver                 { return roomResolver{r} }
func (r *Resolver) QueueItem() QueueItemResolver       { return queueItemResolver{r} }
func (r *Resolver) Session() SessionResolver           { return sessionResolver{r} }
func (r *Resolver) Viewer() ViewerResolver             { return viewerResolver{r} }
