package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Room is a party. Every change raises its version by one. Because a transaction does that first, the row is also the
// lock that puts changes in order.
type Room struct{ ent.Schema }

func (Room) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Room) Fields() []ent.Field {
	return []ent.Field{
		field.String("host_id").MaxLen(idLength),
		field.String("name").MaxLen(nameLength),
		field.String("code").MaxLen(20).Immutable(),
		field.String("status").MaxLen(kindLength),
		field.Int64("version"),
		field.String("open_code").MaxLen(20).Optional().Nillable().Unique().Comment("the code, while the room is open"),
		field.String("open_host_id").MaxLen(idLength).Optional().Nillable().Unique().
			Comment("the host, while the room is open"),
		field.Int64("members_version").Default(0).
			Comment("the room's version at which somebody was last removed or readmitted"),
		field.Bool("requests_open").Default(true).Comment("guests may add songs"),
		field.String("delivery").MaxLen(kindLength).Default("QUEUE").Comment("how songs should reach the player"),
		field.Bool("fallback").Default(true).Comment("the server adds fallback songs when nothing else waits"),
		field.String("fallback_playlist_uri").MaxLen(uriLength).Optional().Nillable(),
		field.String("guest_playlist_uri").MaxLen(uriLength).Optional().Nillable().
			Comment("the playlist that the host chose for guests; NULL: guests may add any song"),
		field.String("guest_playlist_use").MaxLen(kindLength).Default("ADD"),
		field.String("order_mode").MaxLen(kindLength).Default("LIKES"),
		field.Bool("allow_explicit").Default(true),
		field.Int("max_song_seconds").Optional().Nillable().Comment("NULL: any length"),
		field.Int("cooldown_minutes").Default(30),
		field.Int("max_queue_length").Default(500),
		field.Int("max_queued_per_guest").Optional().Nillable().Comment("NULL: no limit"),
		field.Int("adds_per_hour").Optional().Nillable().Comment("NULL: no limit"),
		field.Int("skip_vote_percent").Default(50).Comment("of the members present; 0: voting is off"),
		field.Bool("require_approval").Default(false).Comment("songs of newcomers wait for a host"),
		field.Int("trusted_after").Default(3).Comment("after how many accepted songs a guest is no longer a newcomer"),
		field.Int("likes_after_minutes").Default(0).Comment("how long after joining a guest may like songs"),
		field.Int("away_after_minutes").Optional().Nillable().
			Comment("after how many minutes of absence the songs of a guest wait; NULL: never"),
		field.Bool("reactions").Default(true).Comment("guests may react to the song that plays"),
		field.Int64("away_version").Default(0).
			Comment("the room's version at which a guest was last found to be away, or back"),
		field.Time("requests_open_at").SchemaType(precise).Optional().Nillable(),
		field.Time("last_call_at").SchemaType(precise).Optional().Nillable(),
		field.JSON("blocked", []Blocked{}).Optional().Comment("songs and artists that may not play in this room"),
		field.Int64("settings_version").Default(0).Comment("the room's version at which the settings last changed"),
		field.Int64("restored_version").Default(0).
			Comment("the version that the room got when the database was last restored: older states may show what was lost"),
		field.Int("present_count").Default(0).Comment("members present, when they were last counted"),
		field.String("playlist_uri").MaxLen(uriLength).Optional().Nillable().
			Comment("the playlist at Spotify that the server made for this room"),
		field.String("offered_to_id").MaxLen(idLength).Optional().Nillable().
			Comment("the co-host to whom the host has offered the room"),
		field.Time("offer_expires_at").SchemaType(precise).Optional().Nillable(),
		field.Bool("offer_accepted").Default(false).Comment("that co-host becomes the host when the present song ends"),
		field.Time("created_at").SchemaType(precise).Immutable(),
		field.Time("closed_at").SchemaType(precise).Optional().Nillable(),
	}
}

func (Room) Edges() []ent.Edge {
	return []ent.Edge{edge.To("host", User.Type).Field("host_id").Unique().Required()}
}

func (Room) Indexes() []ent.Index {
	return []ent.Index{index.Fields("closed_at"), referring("host_id", "rooms_users_host")}
}

// Blocked is a song or an artist that may not play in a room.
type Blocked struct {
	URI       string `json:"uri"`
	Name      string `json:"name"`
	Recording string `json:"recording,omitempty"` // of a song: its other releases are blocked, too
}

// Song is a song as Spotify describes it. Its id is its URI.
type Song struct{ ent.Schema }

func (Song) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(uriLength).Immutable().Comment("spotify:track:…"),
		field.String("name").MaxLen(1024),
		field.Strings("artists"),
		field.Strings("artist_uris").Optional().Comment("NULL: not looked up yet"),
		field.String("album_name").MaxLen(1024),
		field.String("image_url").MaxLen(1024).Optional().Nillable(),
		field.Int("duration_ms"),
		field.Bool("explicit"),
		field.Bool("playable"),
		field.String("spotify_url").MaxLen(1024),
		field.String("isrc").MaxLen(32),
		field.Time("fetched_at").SchemaType(precise),
	}
}

// QueueItem is a song that was added to a room. It stays as long as its room: removing or playing it changes its state,
// and raises its version.
type QueueItem struct{ ent.Schema }

func (QueueItem) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (QueueItem) Fields() []ent.Field {
	return []ent.Field{
		field.String("room_id").MaxLen(idLength).Immutable(),
		field.String("song_id").MaxLen(uriLength).Immutable(),
		field.String("added_by_id").MaxLen(idLength).Optional().Nillable().Comment("NULL: a fallback song"),
		field.Time("added_at").SchemaType(precise).Immutable(),
		field.Int64("age").Immutable().Comment("the room's version at which it was added: a smaller number is older"),
		field.Int64("version").Comment("the room's version at which it last changed"),
		field.String("state").MaxLen(kindLength),
		field.Int("like_count"),
		field.String("active_recording").MaxLen(191).Optional().Nillable().
			Comment("the recording, while the item waits, is committed or plays"),
		field.String("recording").MaxLen(191).Default("").Immutable().Comment("the recording: see party.RecordingOf"),
		field.String("approval").MaxLen(kindLength).Optional().Nillable().
			Comment("WAITING or GIVEN; NULL: it needed no approval"),
		field.String("pin_rule").MaxLen(kindLength).Optional().Nillable().
			Comment("how long the pin lasts; NULL: not pinned"),
		field.Int("pin_position").Default(0).Comment("the position to which it was pinned, from 1"),
		field.Int("pin_likes").Default(0).Comment("with OVERTAKEN: by how many likes another song has to lead"),
		field.Int64("pin_version").Default(0).Comment("the room's version at which it was pinned"),
		field.String("commit_state").MaxLen(kindLength).Optional().Nillable(),
		field.String("commit_delivery").MaxLen(kindLength).Optional().Nillable().Comment("how it reached the player"),
		field.Time("committed_at").SchemaType(precise).Optional().Nillable(),
		field.Bool("skip_on_start").Default(false),
		field.Time("started_at").SchemaType(precise).Optional().Nillable(),
		field.Int64("started_version").Default(0).Comment("the room's version at which it began to play"),
		field.String("skipped_by").MaxLen(kindLength).Optional().Nillable().
			Comment("HOST or VOTE: who skipped it; NULL: nobody in the room"),
		field.Time("ended_at").SchemaType(precise).Optional().Nillable(),
	}
}

func (QueueItem) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("room", Room.Type).Field("room_id").Unique().Required().Immutable(),
		edge.To("song", Song.Type).Field("song_id").Unique().Required().Immutable(),
		edge.To("added_by", User.Type).Field("added_by_id").Unique(),
	}
}

func (QueueItem) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("room_id", "active_recording").Unique(),
		index.Fields("room_id", "version"),
		index.Fields("room_id", "started_at", "id"), // pages of the history
		index.Fields("room_id", "recording", "started_at"),
		index.Fields("room_id", "added_by_id"),
		referring("added_by_id", "queue_items_users_added_by"),
		referring("song_id", "queue_items_songs_song"),
	}
}

// Like is one user's like of one queue item.
type Like struct{ ent.Schema }

func (Like) Fields() []ent.Field {
	return []ent.Field{
		field.String("item_id").MaxLen(idLength).Immutable(),
		field.String("user_id").MaxLen(idLength).Immutable(),
	}
}

func (Like) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("item", QueueItem.Type).Field("item_id").Unique().Required().Immutable(),
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable(),
	}
}

func (Like) Indexes() []ent.Index {
	return []ent.Index{index.Fields("item_id", "user_id").Unique(), referring("user_id", "likes_users_user")}
}

// SkipVote is one user's vote to skip an item. An item plays only once, so the vote counts for that play.
type SkipVote struct{ ent.Schema }

func (SkipVote) Fields() []ent.Field {
	return []ent.Field{
		field.String("item_id").MaxLen(idLength).Immutable(),
		field.String("user_id").MaxLen(idLength).Immutable(),
	}
}

func (SkipVote) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("item", QueueItem.Type).Field("item_id").Unique().Required().Immutable(),
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable(),
	}
}

func (SkipVote) Indexes() []ent.Index {
	return []ent.Index{index.Fields("item_id", "user_id").Unique(), referring("user_id", "skip_votes_users_user")}
}

// RoomEvent is an event of the room's log: who did what.
type RoomEvent struct{ ent.Schema }

func (RoomEvent) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (RoomEvent) Fields() []ent.Field {
	return []ent.Field{
		field.String("room_id").MaxLen(idLength).Immutable(),
		field.Time("at").SchemaType(precise).Immutable(),
		field.String("actor_id").MaxLen(idLength).Optional().Nillable().Immutable().Comment("NULL: the server"),
		field.String("kind").MaxLen(kindLength).Immutable(),
		field.String("item_id").MaxLen(idLength).Optional().Nillable().Immutable(),
		field.String("subject_id").MaxLen(idLength).Optional().Nillable().Immutable().
			Comment("the affected user, besides the actor"),
		field.String("detail").MaxLen(1024).Optional().Nillable().Immutable(),
		field.Int64("version").Default(0).Immutable().Comment("the room's version that the same change made"),
		field.Bool("undone").Default(false),
	}
}

func (RoomEvent) Edges() []ent.Edge {
	return []ent.Edge{edge.To("room", Room.Type).Field("room_id").Unique().Required().Immutable()}
}

func (RoomEvent) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("room_id", "at", "id", "kind"), // pages of the log; likes are skipped within the index
		index.Fields("room_id", "actor_id", "version"),
	}
}
