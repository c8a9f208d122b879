package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RoomPlayback is the last observation of a room's player, so that every server can show it. Its id is the room's.
type RoomPlayback struct{ ent.Schema }

func (RoomPlayback) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (RoomPlayback) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("version"),
		field.String("status").MaxLen(kindLength),
		field.String("item_id").MaxLen(idLength).Optional().Nillable(),
		field.String("song_id").MaxLen(uriLength).Optional().Nillable(),
		field.Int("progress_ms").Optional().Nillable(),
		field.Time("observed_at").SchemaType(precise),
		field.String("device_id").MaxLen(255).Optional().Nillable(),
		field.String("device_name").MaxLen(255).Default(""),
		field.String("device_type").MaxLen(64).Default(""),
		field.Bool("device_active").Default(false),
		field.Bool("device_restricted").Default(false),
		field.Bool("device_fixed_volume").Default(false).Comment("other apps cannot change the volume"),
		field.Int("device_volume").Optional().Nillable().Comment("in per cent"),
		field.String("health").MaxLen(kindLength),
		field.String("health_reason").MaxLen(kindLength).Default(""),
		field.Time("health_until").SchemaType(precise).Optional().Nillable(),
		field.String("delivery").MaxLen(kindLength).Default("QUEUE").
			Comment("how songs reach the player at present, which may differ from the setting"),
		field.Bool("has_played").Default(false).Comment("a song of the room has begun to play"),
		field.Int("skip_votes").Default(0).Comment("votes to skip the song that plays"),
		field.Int64("votes_version").Default(0).
			Comment("the room's version at which the votes, or the number needed, last changed"),
		field.Int64("command_version").Default(0).Comment("the room's version at which a command last changed"),
	}
}

func (RoomPlayback) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("item", QueueItem.Type).Field("item_id").Unique(),
		edge.To("song", Song.Type).Field("song_id").Unique(),
	}
}

func (RoomPlayback) Indexes() []ent.Index {
	return []ent.Index{
		referring("item_id", "room_playbacks_queue_items_item"),
		referring("song_id", "room_playbacks_songs_song"),
	}
}

// RoomCommand is a host's command to the player. The driver of the room carries it out, on whichever server it runs.
type RoomCommand struct{ ent.Schema }

func (RoomCommand) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (RoomCommand) Fields() []ent.Field {
	return []ent.Field{
		field.String("room_id").MaxLen(idLength).Immutable(),
		field.String("kind").MaxLen(kindLength).Immutable(),
		field.String("argument").MaxLen(255).Default("").Immutable(),
		field.Int64("version").Comment("the room's version at which it last changed"),
		field.String("state").MaxLen(kindLength),
		field.String("outcome").MaxLen(1024).Default(""),
		field.Time("created_at").SchemaType(precise).Immutable(),
		field.Time("done_at").SchemaType(precise).Optional().Nillable(),
	}
}

func (RoomCommand) Edges() []ent.Edge {
	return []ent.Edge{edge.To("room", Room.Type).Field("room_id").Unique().Required().Immutable()}
}

func (RoomCommand) Indexes() []ent.Index {
	return []ent.Index{index.Fields("room_id", "version"), index.Fields("created_at")}
}

// Node is a running server. It counts as alive until alive_until, which it keeps moving forward.
type Node struct{ ent.Schema }

func (Node) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Node) Fields() []ent.Field {
	return []ent.Field{field.Time("alive_until").SchemaType(precise)}
}

// Timeline is the only row of its table. From it, servers see that the database was restored from a backup: then its
// numbers are lower than before.
type Timeline struct{ ent.Schema }

func (Timeline) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (Timeline) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("number").Comment("grows when the database was restored"),
		field.Int64("beat").Comment("grows every few seconds while a server runs"),
		field.Time("beat_at").SchemaType(precise).Comment("when the beat last grew"),
	}
}

// RoomLease is the right of one node to drive a room's player. Its id is the room's. The epoch grows whenever another
// node acquires the lease, so that writes of a node that was suspended and has lost it are refused.
type RoomLease struct{ ent.Schema }

func (RoomLease) Mixin() []ent.Mixin { return []ent.Mixin{identified{}} }

func (RoomLease) Fields() []ent.Field {
	return []ent.Field{
		field.String("node_id").MaxLen(idLength),
		field.Int64("epoch"),
		field.String("calls").MaxLen(400).Optional().Comment("the room's calls to Spotify in the last hour, by minutes"),
	}
}
