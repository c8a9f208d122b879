package graph

import (
	"log/slog"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
)

// Resolver is the root of all resolvers. It is safe for concurrent use.
type Resolver struct {
	jukebox  *jukebox.Jukebox
	accounts *account.Accounts
	log      *slog.Logger
}

// New returns resolvers that call j and accounts, and write failures to log.
func New(j *jukebox.Jukebox, accounts *account.Accounts, log *slog.Logger) *Resolver {
	return &Resolver{jukebox: j, accounts: accounts, log: log}
}

type (
	queryResolver        struct{ *Resolver }
	mutationResolver     struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
	roomResolver         struct{ *Resolver }
	roomOfferResolver    struct{ *Resolver }
	queueItemResolver    struct{ *Resolver }
	sessionResolver      struct{ *Resolver }
	viewerResolver       struct{ *Resolver }
	userResolver         struct{ *Resolver }
)

// Query, Mutation, Subscription, Room, RoomOffer, QueueItem, Session, Viewer and User return the resolvers of the types
// of these names, as gqlgen's ResolverRoot demands.
func (r *Resolver) Query() QueryResolver               { return queryResolver{r} }
func (r *Resolver) Mutation() MutationResolver         { return mutationResolver{r} }
func (r *Resolver) Subscription() SubscriptionResolver { return subscriptionResolver{r} }
func (r *Resolver) Room() RoomResolver                 { return roomResolver{r} }
func (r *Resolver) RoomOffer() RoomOfferResolver       { return roomOfferResolver{r} }
func (r *Resolver) QueueItem() QueueItemResolver       { return queueItemResolver{r} }
func (r *Resolver) Session() SessionResolver           { return sessionResolver{r} }
func (r *Resolver) Viewer() ViewerResolver             { return viewerResolver{r} }
func (r *Resolver) User() UserResolver                 { return userResolver{r} }
