package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// User is a host (known to an identity provider), a guest or a room screen.
type User struct{ ent.Schema }

func (User) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind").MaxLen(kindLength),
		field.String("subject").MaxLen(255).Optional().Nillable().Unique().
			Comment("who this is to the identity provider: a hash of issuer and subject; NULL for guests and screens"),
		field.String("display_name").MaxLen(nameLength),
		field.String("email").MaxLen(255).Optional().Nillable(),
		field.Bool("email_verified").Default(false),
		field.String("picture_url").MaxLen(1024).Optional().Nillable(),
		field.String("device_hash").MaxLen(64).Optional().Nillable().Comment("of the cookie of the browser that this guest came with"),
		field.Time("created_at").SchemaType(precise).Immutable(),
	}
}

func (User) Edges() []ent.Edge {
	return []ent.Edge{edge.To("spotify", SpotifyAccount.Type).Unique()}
}

func (User) Indexes() []ent.Index { return []ent.Index{index.Fields("device_hash")} }

// Session is a device that stays signed in: a refresh token, of which only the hash is kept.
type Session struct{ ent.Schema }

func (Session) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("family").MaxLen(idLength).Immutable().Comment("all tokens that one sign-in led to"),
		field.String("token_hash").MaxLen(64).Unique().Immutable(),
		field.Time("created_at").SchemaType(precise).Immutable(),
		field.Time("expires_at").SchemaType(precise),
		field.Time("used_at").SchemaType(precise).Optional().Nillable().Comment("when it was exchanged for the next one"),
	}
}

func (Session) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable()}
}

func (Session) Indexes() []ent.Index {
	return []ent.Index{index.Fields("family"), index.Fields("user_id"), index.Fields("expires_at")}
}

// Login is somebody's way to the identity provider's page and back, once. What comes back has to come to the browser that
// went.
type Login struct{ ent.Schema }

func (Login) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Login) Fields() []ent.Field {
	return []ent.Field{
		field.String("state_hash").MaxLen(64).Unique().Immutable(),
		field.String("browser_hash").MaxLen(64).Immutable().Comment("of the cookie that the browser was given"),
		field.String("nonce").MaxLen(64).Immutable().Comment("stands in the identity that the provider gives"),
		field.String("verifier").MaxLen(128).Immutable().Comment("PKCE's"),
		field.String("return_to").MaxLen(1024).Immutable(),
		field.Time("expires_at").SchemaType(precise).Immutable(),
	}
}

func (Login) Indexes() []ent.Index {
	return []ent.Index{index.Fields("expires_at")}
}

// SpotifyAccount is a host's connection to Spotify. The tokens are encrypted before they come here.
type SpotifyAccount struct{ ent.Schema }

func (SpotifyAccount) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (SpotifyAccount) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("account_id").MaxLen(255).Unique().Comment("Spotify's account_id, or id where that is absent"),
		field.String("display_name").MaxLen(255),
		field.Bytes("sealed_tokens").MaxLen(8192),
		field.Bool("needs_reconnect").Default(false),
		field.Time("authorized_at").SchemaType(precise),
		field.Time("refreshing_until").SchemaType(precise).Optional().Nillable().
			Comment("a server refreshes the tokens, and has the right to until then"),
	}
}

func (SpotifyAccount) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("spotify").Field("user_id").Unique().Required().Immutable(),
	}
}

// SpotifyAuthorization is a host's way to Spotify's page and back, once. What comes back has to come to the browser that
// went.
type SpotifyAuthorization struct{ ent.Schema }

func (SpotifyAuthorization) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (SpotifyAuthorization) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("state_hash").MaxLen(64).Unique().Immutable(),
		field.String("browser_hash").MaxLen(64).Immutable().Comment("of the cookie that the browser was given"),
		field.String("verifier").MaxLen(128).Immutable().Comment("PKCE's"),
		field.String("return_to").MaxLen(1024).Immutable(),
		field.Time("expires_at").SchemaType(precise).Immutable(),
	}
}

func (SpotifyAuthorization) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable()}
}

func (SpotifyAuthorization) Indexes() []ent.Index {
	return []ent.Index{index.Fields("expires_at")}
}

// Membership is a user's place in a room, under the name they have there.
type Membership struct{ ent.Schema }

func (Membership) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Membership) Fields() []ent.Field {
	return []ent.Field{
		field.String("room_id").MaxLen(idLength).Immutable(),
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("display_name").MaxLen(nameLength),
		field.String("role").MaxLen(kindLength),
		field.Time("joined_at").SchemaType(precise).Immutable(),
		field.Time("seen_at").SchemaType(precise).Optional().Nillable().Comment("when a server last had them connected"),
		field.Time("adds_full_at").SchemaType(precise).Optional().Nillable().Comment("when they may add as much again as if they had added nothing"),
	}
}

func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("room", Room.Type).Field("room_id").Unique().Required().Immutable(),
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable(),
	}
}

func (Membership) Indexes() []ent.Index {
	return []ent.Index{index.Fields("room_id", "user_id").Unique(), index.Fields("room_id", "joined_at", "id"), referring("user_id", "memberships_users_user")}
}

// IdempotencyKey remembers what a mutation that may be sent again has done.
type IdempotencyKey struct{ ent.Schema }

func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("user_id").MaxLen(idLength).Immutable(),
		field.String("key").MaxLen(64).Immutable().Comment("a hash of it"),
		field.String("mutation").MaxLen(64).Immutable(),
		field.String("arguments_hash").MaxLen(64).Immutable(),
		field.String("object_id").MaxLen(idLength).Immutable().Comment("what the mutation answered"),
		field.Bool("flag").Default(false).Immutable().Comment("what else it answered: addSong's alreadyQueued"),
		field.Time("created_at").SchemaType(precise).Immutable(),
	}
}

func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "key").Unique(), index.Fields("created_at")}
}
