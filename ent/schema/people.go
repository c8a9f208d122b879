package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// User is a host, who is known to an identity provider, a guest or a screen.
type User struct{ ent.Schema }

func (User) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind").MaxLen(kindLength),
		field.String("subject").MaxLen(255).Optional().Nillable().Unique().
			Comment("the user at the identity provider: a hash of issuer and subject; NULL for guests and screens"),
		field.String("display_name").MaxLen(nameLength),
		field.String("email").MaxLen(255).Optional().Nillable(),
		field.Bool("email_verified").Default(false),
		field.String("picture_url").MaxLen(1024).Optional().Nillable(),
		field.String("browser_hash").MaxLen(64).Optional().Nillable().
			Comment("a hash of the cookie that tells the guest's browser from others, for bans"),
		field.Time("created_at").SchemaType(precise).Immutable(),
	}
}

func (User) Edges() []ent.Edge {
	return []ent.Edge{edge.To("spotify", SpotifyAccount.Type).Unique()}
}

func (User) Indexes() []ent.Index { return []ent.Index{index.Fields("browser_hash")} }

// Session is a refresh token of a signed-in browser. Only its hash is stored. Each refresh makes the next row.
type Session struct{ ent.Schema }

func (Session) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("family").MaxLen(idLength).Immutable().
			Comment("the same for all refresh tokens of one session"),
		field.String("token_hash").MaxLen(64).Unique().Immutable(),
		field.Time("created_at").SchemaType(precise).Immutable(),
		field.Time("expires_at").SchemaType(precise),
		field.Time("used_at").SchemaType(precise).Optional().Nillable().Comment("when it was exchanged for the next token"),
	}
}

func (Session) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable()}
}

func (Session) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("family"), index.Fields("user_id"), index.Fields("expires_at"), index.Fields("used_at"),
	}
}

// EndedSession is a session that has ended before its time: its id is the family of its refresh tokens, which are
// deleted. It is kept until the session's last access token has expired, so that no server accepts one.
type EndedSession struct{ ent.Schema }

func (EndedSession) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (EndedSession) Fields() []ent.Field {
	return []ent.Field{field.Time("ended_at").SchemaType(precise).Immutable()}
}

func (EndedSession) Indexes() []ent.Index { return []ent.Index{index.Fields("ended_at")} }

// Login is one visit to the identity provider's page, until the browser returns from it. It is used once, and only by
// the browser that started it.
type Login struct{ ent.Schema }

func (Login) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Login) Fields() []ent.Field {
	return []ent.Field{
		field.String("state_hash").MaxLen(64).Unique().Immutable(),
		field.String("browser_hash").MaxLen(64).Immutable().Comment("a hash of the cookie that the browser was given"),
		field.String("nonce").MaxLen(64).Immutable().Comment("has to be in the identity token"),
		field.String("verifier").MaxLen(128).Immutable().Comment("of PKCE"),
		field.String("return_to").MaxLen(1024).Immutable(),
		field.Time("expires_at").SchemaType(precise).Immutable(),
	}
}

func (Login) Indexes() []ent.Index {
	return []ent.Index{index.Fields("expires_at")}
}

// SpotifyAccount is a host's connection to Spotify. Its tokens are encrypted.
type SpotifyAccount struct{ ent.Schema }

func (SpotifyAccount) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (SpotifyAccount) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("account_id").MaxLen(255).Unique().Comment("Spotify's account_id or, if that is absent, id"),
		field.String("display_name").MaxLen(255),
		field.Bytes("encrypted_tokens").MaxLen(65_535),
		field.Bool("needs_reconnect").Default(false),
		field.Time("authorized_at").SchemaType(precise),
		field.Time("refreshing_until").SchemaType(precise).Optional().Nillable().
			Comment("until then one server has the right to refresh the tokens"),
	}
}

func (SpotifyAccount) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("spotify").Field("user_id").Unique().Required().Immutable(),
	}
}

// SpotifyAuthorization is one visit to Spotify's page, until the browser returns from it. It is used once, and only by
// the browser that started it.
type SpotifyAuthorization struct{ ent.Schema }

func (SpotifyAuthorization) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (SpotifyAuthorization) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("state_hash").MaxLen(64).Unique().Immutable(),
		field.String("browser_hash").MaxLen(64).Immutable().Comment("a hash of the cookie that the browser was given"),
		field.String("verifier").MaxLen(128).Immutable().Comment("of PKCE"),
		field.String("return_to").MaxLen(1024).Immutable(),
		field.Time("expires_at").SchemaType(precise).Immutable(),
	}
}

func (SpotifyAuthorization) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable()}
}

func (SpotifyAuthorization) Indexes() []ent.Index {
	return []ent.Index{index.Fields("expires_at"), referring("user_id", "spotify_authorizations_users_user")}
}

// Membership makes a user a member of a room, with a role and the name that the user has there.
type Membership struct{ ent.Schema }

func (Membership) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Membership) Fields() []ent.Field {
	return []ent.Field{
		field.String("room_id").MaxLen(idLength).Immutable(),
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("display_name").MaxLen(nameLength),
		field.String("role").MaxLen(kindLength),
		field.Time("joined_at").SchemaType(precise).Immutable(),
		field.Time("seen_at").SchemaType(precise).Optional().Nillable().
			Comment("when the member was last connected to a server"),
		field.Time("present_since").SchemaType(precise).Optional().Nillable().
			Comment("when the member's present presence began"),
		field.Bool("away").Default(false).Comment("away for so long that the member's songs wait"),
		field.Time("adds_full_at").SchemaType(precise).Optional().Nillable().
			Comment("when the quota of added songs is full again"),
	}
}

func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("room", Room.Type).Field("room_id").Unique().Required().Immutable(),
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable(),
	}
}

func (Membership) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("room_id", "user_id").Unique(),
		index.Fields("room_id", "joined_at", "id"),
		referring("user_id", "memberships_users_user"),
	}
}

// PushSubscription is where the push service of a member's browser accepts notices about the member's songs in one
// room. Only the browser can decrypt them.
type PushSubscription struct{ ent.Schema }

func (PushSubscription) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (PushSubscription) Fields() []ent.Field {
	return []ent.Field{
		field.String("room_id").MaxLen(idLength),
		field.String("user_id").MaxLen(idLength),
		field.String("session_id").MaxLen(idLength).Comment("the family of the session that subscribed"),
		field.String("endpoint_hash").MaxLen(64).Unique().Immutable().
			Comment("a hash of the endpoint: a browser has one row"),
		field.String("endpoint").MaxLen(1024).Immutable().Comment("an address at the browser's push service"),
		field.String("p256dh").MaxLen(96).Comment("the browser's public key"),
		field.String("auth").MaxLen(32).Comment("a secret of the browser that encryption needs, too"),
		field.String("push_key").MaxLen(96).Comment("the server's public key that the browser subscribed with"),
		field.String("language").MaxLen(35).Comment("the language of the notices, such as de"),
		field.String("announced").MaxLen(64).Default("").Comment("the last notice, so that it is not sent again"),
		field.Time("refused_since").SchemaType(precise).Optional().Nillable().
			Comment("when the push service began to refuse all messages; null if it accepted the last one"),
		field.Time("created_at").SchemaType(precise),
	}
}

func (PushSubscription) Indexes() []ent.Index {
	return []ent.Index{index.Fields("room_id", "user_id")}
}

// IdempotencyKey remembers the outcome of a mutation, in case it is sent again.
type IdempotencyKey struct{ ent.Schema }

func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("key").MaxLen(64).Immutable().Comment("a hash of the key"),
		field.String("mutation").MaxLen(64).Immutable(),
		field.String("arguments_hash").MaxLen(64).Immutable(),
		field.String("object_id").MaxLen(idLength).Immutable().Comment("the object that the mutation returned"),
		field.Bool("flag").Default(false).Immutable().Comment("what else it returned: alreadyQueued of addSong"),
		field.Time("created_at").SchemaType(precise).Immutable(),
	}
}

func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "key").Unique(), index.Fields("created_at")}
}
