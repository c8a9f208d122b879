// Package graph binds the GraphQL schema to the program: every field is resolved by one call of package jukebox or
// account.
//
// schema.graphqls says what each field means and who may use it. The use cases in jukebox enforce that; a resolver
// translates arguments and results and decides nothing. gqlgen generates generated.go and models_gen.go from the schema
// and gqlgen.yml, which binds the types of the schema to those of party, account and jukebox.
//
// # Subscriptions
//
// A subscription shows one aspect of a room's state, such as its queue. [Resolver.Sources] returns a function for each
// that opens its source, and package gqlserver executes a shared subscription once for all its subscribers. Such an
// execution has no viewer: fields that depend on the viewer are marked @viewer in the schema. Two sources also change
// with time alone, the schedule and the viewer's quota, so they count in versions of their own.
//
// # Errors
//
// [Resolver.PresentError] is the only way for errors to reach clients. It shows the code and the sentence of a
// party.Error, and hides and logs everything else.
//
// # Concurrency
//
// A [Resolver] is safe for concurrent use. gqlgen resolves the fields of one response concurrently, so what they share,
// such as the cache of [RememberLikes], is guarded by a mutex. A source belongs to one stream and is used by one
// goroutine at a time.
//
// # Files
//
//	resolver.go                     the root of all resolvers
//	query.go, room.go, members.go   queries, and the fields of a room
//	node.go                         objects by their ids alone
//	page.go                         pages of lists
//	mutation.go, settings.go        mutations of rooms and queues
//	player.go, push.go              mutations of the player, of the connection to Spotify, and of push subscriptions
//	session.go, cookies.go          mutations of sessions, and the browser's cookies
//	subscription.go, sources.go     subscriptions, and the sources of their events
//	schedule.go, viewer.go          the sources that also change with time
//	reactions.go                    the mutation and the source of reactions
//	likes.go                        a cache of the viewer's likes for each response
//	errors.go                       what clients see of errors
//	schema.go, time.go              the executable schema; the scalar DateTime
package graph
