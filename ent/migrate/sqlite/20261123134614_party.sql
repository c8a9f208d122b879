-- Create "idempotency_keys" table
CREATE TABLE `idempotency_keys` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `user_id` text NOT NULL, `key` text NOT NULL, `mutation` text NOT NULL, `arguments_hash` text NOT NULL, `object_id` text NOT NULL, `flag` bool NOT NULL DEFAULT (false), `created_at` datetime NOT NULL);
-- Create index "idempotencykey_user_id_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX `idempotencykey_user_id_key` ON `idempotency_keys` (`user_id`, `key`);
-- Create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX `idempotencykey_created_at` ON `idempotency_keys` (`created_at`);
-- Create "likes" table
CREATE TABLE `likes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `item_id` text NOT NULL, `user_id` text NOT NULL, CONSTRAINT `likes_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON DELETE NO ACTION, CONSTRAINT `likes_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "like_item_id_user_id" to table: "likes"
CREATE UNIQUE INDEX `like_item_id_user_id` ON `likes` (`item_id`, `user_id`);
-- Create "memberships" table
CREATE TABLE `memberships` (`id` text NOT NULL, `display_name` text NOT NULL, `role` text NOT NULL, `joined_at` datetime NOT NULL, `room_id` text NOT NULL, `user_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `memberships_rooms_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`) ON DELETE NO ACTION, CONSTRAINT `memberships_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "membership_room_id_user_id" to table: "memberships"
CREATE UNIQUE INDEX `membership_room_id_user_id` ON `memberships` (`room_id`, `user_id`);
-- Create "nodes" table
CREATE TABLE `nodes` (`id` text NOT NULL, `alive_until` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create "queue_items" table
CREATE TABLE `queue_items` (`id` text NOT NULL, `added_at` datetime NOT NULL, `age` integer NOT NULL, `version` integer NOT NULL, `state` text NOT NULL, `like_count` integer NOT NULL, `active_recording` text NULL, `commit_state` text NULL, `committed_at` datetime NULL, `skip_on_start` bool NOT NULL DEFAULT (false), `started_at` datetime NULL, `ended_at` datetime NULL, `room_id` text NOT NULL, `song_id` text NOT NULL, `added_by_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `queue_items_rooms_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`) ON DELETE NO ACTION, CONSTRAINT `queue_items_songs_song` FOREIGN KEY (`song_id`) REFERENCES `songs` (`id`) ON DELETE NO ACTION, CONSTRAINT `queue_items_users_added_by` FOREIGN KEY (`added_by_id`) REFERENCES `users` (`id`) ON DELETE SET NULL);
-- Create index "queueitem_room_id_active_recording" to table: "queue_items"
CREATE UNIQUE INDEX `queueitem_room_id_active_recording` ON `queue_items` (`room_id`, `active_recording`);
-- Create index "queueitem_room_id_version" to table: "queue_items"
CREATE INDEX `queueitem_room_id_version` ON `queue_items` (`room_id`, `version`);
-- Create index "queueitem_room_id_started_at" to table: "queue_items"
CREATE INDEX `queueitem_room_id_started_at` ON `queue_items` (`room_id`, `started_at`);
-- Create "rooms" table
CREATE TABLE `rooms` (`id` text NOT NULL, `name` text NOT NULL, `code` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL, `open_code` text NULL, `open_host_id` text NULL, `created_at` datetime NOT NULL, `closed_at` datetime NULL, `host_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rooms_users_host` FOREIGN KEY (`host_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "rooms_open_code_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_code_key` ON `rooms` (`open_code`);
-- Create index "rooms_open_host_id_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_host_id_key` ON `rooms` (`open_host_id`);
-- Create "room_commands" table
CREATE TABLE `room_commands` (`id` text NOT NULL, `kind` text NOT NULL, `argument` text NOT NULL DEFAULT (''), `version` integer NOT NULL, `state` text NOT NULL, `outcome` text NOT NULL DEFAULT (''), `created_at` datetime NOT NULL, `done_at` datetime NULL, `room_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `room_commands_rooms_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`) ON DELETE NO ACTION);
-- Create index "roomcommand_room_id_version" to table: "room_commands"
CREATE INDEX `roomcommand_room_id_version` ON `room_commands` (`room_id`, `version`);
-- Create "room_events" table
CREATE TABLE `room_events` (`id` text NOT NULL, `at` datetime NOT NULL, `actor_id` text NULL, `kind` text NOT NULL, `item_id` text NULL, `detail` text NULL, `room_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `room_events_rooms_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`) ON DELETE NO ACTION);
-- Create index "roomevent_room_id_at" to table: "room_events"
CREATE INDEX `roomevent_room_id_at` ON `room_events` (`room_id`, `at`);
-- Create "room_leases" table
CREATE TABLE `room_leases` (`id` text NOT NULL, `node_id` text NOT NULL, `epoch` integer NOT NULL, PRIMARY KEY (`id`));
-- Create "room_playbacks" table
CREATE TABLE `room_playbacks` (`id` text NOT NULL, `version` integer NOT NULL, `status` text NOT NULL, `progress_ms` integer NULL, `observed_at` datetime NOT NULL, `device_id` text NULL, `device_name` text NOT NULL DEFAULT (''), `device_type` text NOT NULL DEFAULT (''), `device_active` bool NOT NULL DEFAULT (false), `device_restricted` bool NOT NULL DEFAULT (false), `device_volume` integer NULL, `health` text NOT NULL, `health_until` datetime NULL, `item_id` text NULL, `song_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `room_playbacks_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON DELETE SET NULL, CONSTRAINT `room_playbacks_songs_song` FOREIGN KEY (`song_id`) REFERENCES `songs` (`id`) ON DELETE SET NULL);
-- Create "sessions" table
CREATE TABLE `sessions` (`id` text NOT NULL, `family` text NOT NULL, `token_hash` text NOT NULL, `created_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL, `user_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `sessions_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "sessions_token_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_token_hash_key` ON `sessions` (`token_hash`);
-- Create index "session_family" to table: "sessions"
CREATE INDEX `session_family` ON `sessions` (`family`);
-- Create index "session_expires_at" to table: "sessions"
CREATE INDEX `session_expires_at` ON `sessions` (`expires_at`);
-- Create "songs" table
CREATE TABLE `songs` (`id` text NOT NULL, `name` text NOT NULL, `artists` json NOT NULL, `album_name` text NOT NULL, `image_url` text NULL, `duration_ms` integer NOT NULL, `explicit` bool NOT NULL, `playable` bool NOT NULL, `spotify_url` text NOT NULL, `isrc` text NOT NULL, `fetched_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create "spotify_accounts" table
CREATE TABLE `spotify_accounts` (`id` text NOT NULL, `account_id` text NOT NULL, `display_name` text NOT NULL, `sealed_tokens` blob NOT NULL, `needs_reconnect` bool NOT NULL DEFAULT (false), `authorized_at` datetime NOT NULL, `user_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `spotify_accounts_users_spotify` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "spotify_accounts_user_id_key" to table: "spotify_accounts"
CREATE UNIQUE INDEX `spotify_accounts_user_id_key` ON `spotify_accounts` (`user_id`);
-- Create "users" table
CREATE TABLE `users` (`id` text NOT NULL, `kind` text NOT NULL, `subject` text NULL, `display_name` text NOT NULL, `email` text NULL, `email_verified` bool NOT NULL DEFAULT (false), `picture_url` text NULL, `created_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create index "users_subject_key" to table: "users"
CREATE UNIQUE INDEX `users_subject_key` ON `users` (`subject`);
