-- Create index "likes_users_user" to table: "likes"
CREATE INDEX `likes_users_user` ON `likes` (`user_id`);
-- Drop index "membership_room_id_joined_at" from table: "memberships"
DROP INDEX `membership_room_id_joined_at`;
-- Create index "membership_room_id_joined_at_id" to table: "memberships"
CREATE INDEX `membership_room_id_joined_at_id` ON `memberships` (`room_id`, `joined_at`, `id`);
-- Create index "memberships_users_user" to table: "memberships"
CREATE INDEX `memberships_users_user` ON `memberships` (`user_id`);
-- Drop index "queueitem_room_id_started_at" from table: "queue_items"
DROP INDEX `queueitem_room_id_started_at`;
-- Create index "queueitem_room_id_started_at_id" to table: "queue_items"
CREATE INDEX `queueitem_room_id_started_at_id` ON `queue_items` (`room_id`, `started_at`, `id`);
-- Create index "queue_items_users_added_by" to table: "queue_items"
CREATE INDEX `queue_items_users_added_by` ON `queue_items` (`added_by_id`);
-- Create index "queue_items_songs_song" to table: "queue_items"
CREATE INDEX `queue_items_songs_song` ON `queue_items` (`song_id`);
-- Drop index "roomevent_room_id_at" from table: "room_events"
DROP INDEX `roomevent_room_id_at`;
-- Create index "roomevent_room_id_at_id_kind" to table: "room_events"
CREATE INDEX `roomevent_room_id_at_id_kind` ON `room_events` (`room_id`, `at`, `id`, `kind`);
-- Create index "room_playbacks_queue_items_item" to table: "room_playbacks"
CREATE INDEX `room_playbacks_queue_items_item` ON `room_playbacks` (`item_id`);
-- Create index "room_playbacks_songs_song" to table: "room_playbacks"
CREATE INDEX `room_playbacks_songs_song` ON `room_playbacks` (`song_id`);
-- Create index "room_closed_at" to table: "rooms"
CREATE INDEX `room_closed_at` ON `rooms` (`closed_at`);
-- Create index "rooms_users_host" to table: "rooms"
CREATE INDEX `rooms_users_host` ON `rooms` (`host_id`);
-- Create index "skip_votes_users_user" to table: "skip_votes"
CREATE INDEX `skip_votes_users_user` ON `skip_votes` (`user_id`);
