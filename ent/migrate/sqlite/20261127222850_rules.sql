-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Add column "adds_full_at" to table: "memberships"
ALTER TABLE `memberships` ADD COLUMN `adds_full_at` datetime NULL;
-- Create "new_queue_items" table
CREATE TABLE `new_queue_items` (`id` text NOT NULL, `added_at` datetime NOT NULL, `age` integer NOT NULL, `version` integer NOT NULL, `state` text NOT NULL, `like_count` integer NOT NULL, `active_recording` text NULL, `recording` text NOT NULL DEFAULT (''), `approval` text NULL, `pin_rule` text NULL, `pin_position` integer NOT NULL DEFAULT (0), `pin_likes` integer NOT NULL DEFAULT (0), `pin_version` integer NOT NULL DEFAULT (0), `commit_state` text NULL, `commit_delivery` text NULL, `committed_at` datetime NULL, `skip_on_start` bool NOT NULL DEFAULT (false), `started_at` datetime NULL, `started_version` integer NOT NULL DEFAULT (0), `skipped_by` text NULL, `ended_at` datetime NULL, `room_id` text NOT NULL, `song_id` text NOT NULL, `added_by_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `queue_items_rooms_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`) ON DELETE NO ACTION, CONSTRAINT `queue_items_songs_song` FOREIGN KEY (`song_id`) REFERENCES `songs` (`id`) ON DELETE NO ACTION, CONSTRAINT `queue_items_users_added_by` FOREIGN KEY (`added_by_id`) REFERENCES `users` (`id`) ON DELETE SET NULL);
-- Copy rows from old table "queue_items" to new temporary table "new_queue_items"
INSERT INTO `new_queue_items` (`id`, `added_at`, `age`, `version`, `state`, `like_count`, `active_recording`, `commit_state`, `commit_delivery`, `committed_at`, `skip_on_start`, `started_at`, `ended_at`, `room_id`, `song_id`, `added_by_id`) SELECT `id`, `added_at`, `age`, `version`, `state`, `like_count`, `active_recording`, `commit_state`, `commit_delivery`, `committed_at`, `skip_on_start`, `started_at`, `ended_at`, `room_id`, `song_id`, `added_by_id` FROM `queue_items`;
-- Drop "queue_items" table after copying rows
DROP TABLE `queue_items`;
-- Rename temporary table "new_queue_items" to "queue_items"
ALTER TABLE `new_queue_items` RENAME TO `queue_items`;
-- Create index "queueitem_room_id_active_recording" to table: "queue_items"
CREATE UNIQUE INDEX `queueitem_room_id_active_recording` ON `queue_items` (`room_id`, `active_recording`);
-- Create index "queueitem_room_id_version" to table: "queue_items"
CREATE INDEX `queueitem_room_id_version` ON `queue_items` (`room_id`, `version`);
-- Create index "queueitem_room_id_started_at" to table: "queue_items"
CREATE INDEX `queueitem_room_id_started_at` ON `queue_items` (`room_id`, `started_at`);
-- Create index "queueitem_room_id_recording_started_at" to table: "queue_items"
CREATE INDEX `queueitem_room_id_recording_started_at` ON `queue_items` (`room_id`, `recording`, `started_at`);
-- Create index "queueitem_room_id_added_by_id" to table: "queue_items"
CREATE INDEX `queueitem_room_id_added_by_id` ON `queue_items` (`room_id`, `added_by_id`);
-- Create "new_room_events" table
CREATE TABLE `new_room_events` (`id` text NOT NULL, `at` datetime NOT NULL, `actor_id` text NULL, `kind` text NOT NULL, `item_id` text NULL, `subject_id` text NULL, `detail` text NULL, `version` integer NOT NULL DEFAULT (0), `undone` bool NOT NULL DEFAULT (false), `room_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `room_events_rooms_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "room_events" to new temporary table "new_room_events"
INSERT INTO `new_room_events` (`id`, `at`, `actor_id`, `kind`, `item_id`, `detail`, `room_id`) SELECT `id`, `at`, `actor_id`, `kind`, `item_id`, `detail`, `room_id` FROM `room_events`;
-- Drop "room_events" table after copying rows
DROP TABLE `room_events`;
-- Rename temporary table "new_room_events" to "room_events"
ALTER TABLE `new_room_events` RENAME TO `room_events`;
-- Create index "roomevent_room_id_at" to table: "room_events"
CREATE INDEX `roomevent_room_id_at` ON `room_events` (`room_id`, `at`);
-- Create index "roomevent_room_id_actor_id_version" to table: "room_events"
CREATE INDEX `roomevent_room_id_actor_id_version` ON `room_events` (`room_id`, `actor_id`, `version`);
-- Add column "artist_uris" to table: "songs"
ALTER TABLE `songs` ADD COLUMN `artist_uris` json NULL;
-- Create "new_room_playbacks" table
CREATE TABLE `new_room_playbacks` (`id` text NOT NULL, `version` integer NOT NULL, `status` text NOT NULL, `progress_ms` integer NULL, `observed_at` datetime NOT NULL, `device_id` text NULL, `device_name` text NOT NULL DEFAULT (''), `device_type` text NOT NULL DEFAULT (''), `device_active` bool NOT NULL DEFAULT (false), `device_restricted` bool NOT NULL DEFAULT (false), `device_volume` integer NULL, `health` text NOT NULL, `health_reason` text NOT NULL DEFAULT (''), `health_until` datetime NULL, `delivery` text NOT NULL DEFAULT ('QUEUE'), `begun` bool NOT NULL DEFAULT (false), `skip_votes` integer NOT NULL DEFAULT (0), `votes_version` integer NOT NULL DEFAULT (0), `command_version` integer NOT NULL DEFAULT (0), `item_id` text NULL, `song_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `room_playbacks_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON DELETE SET NULL, CONSTRAINT `room_playbacks_songs_song` FOREIGN KEY (`song_id`) REFERENCES `songs` (`id`) ON DELETE SET NULL);
-- Copy rows from old table "room_playbacks" to new temporary table "new_room_playbacks"
INSERT INTO `new_room_playbacks` (`id`, `version`, `status`, `progress_ms`, `observed_at`, `device_id`, `device_name`, `device_type`, `device_active`, `device_restricted`, `device_volume`, `health`, `health_reason`, `health_until`, `delivery`, `begun`, `command_version`, `item_id`, `song_id`) SELECT `id`, `version`, `status`, `progress_ms`, `observed_at`, `device_id`, `device_name`, `device_type`, `device_active`, `device_restricted`, `device_volume`, `health`, `health_reason`, `health_until`, `delivery`, `begun`, `command_version`, `item_id`, `song_id` FROM `room_playbacks`;
-- Drop "room_playbacks" table after copying rows
DROP TABLE `room_playbacks`;
-- Rename temporary table "new_room_playbacks" to "room_playbacks"
ALTER TABLE `new_room_playbacks` RENAME TO `room_playbacks`;
-- Create "new_rooms" table
CREATE TABLE `new_rooms` (`id` text NOT NULL, `name` text NOT NULL, `code` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL, `open_code` text NULL, `open_host_id` text NULL, `members_version` integer NOT NULL DEFAULT (0), `requests_open` bool NOT NULL DEFAULT (true), `delivery` text NOT NULL DEFAULT ('QUEUE'), `fallback` bool NOT NULL DEFAULT (true), `fallback_playlist_uri` text NULL, `order_mode` text NOT NULL DEFAULT ('LIKES'), `allow_explicit` bool NOT NULL DEFAULT (true), `max_song_seconds` integer NULL, `cooldown_minutes` integer NOT NULL DEFAULT (30), `max_queue_length` integer NOT NULL DEFAULT (500), `max_queued_per_guest` integer NULL, `adds_per_hour` integer NULL, `skip_vote_percent` integer NOT NULL DEFAULT (50), `require_approval` bool NOT NULL DEFAULT (false), `trusted_after` integer NOT NULL DEFAULT (3), `last_call_at` datetime NULL, `blocked` json NULL, `settings_version` integer NOT NULL DEFAULT (0), `present_count` integer NOT NULL DEFAULT (0), `playlist_uri` text NULL, `created_at` datetime NOT NULL, `closed_at` datetime NULL, `host_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rooms_users_host` FOREIGN KEY (`host_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "rooms" to new temporary table "new_rooms"
INSERT INTO `new_rooms` (`id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `members_version`, `requests_open`, `delivery`, `fallback`, `fallback_playlist_uri`, `playlist_uri`, `created_at`, `closed_at`, `host_id`) SELECT `id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `members_version`, `requests_open`, `delivery`, `fallback`, `fallback_playlist_uri`, `playlist_uri`, `created_at`, `closed_at`, `host_id` FROM `rooms`;
-- Drop "rooms" table after copying rows
DROP TABLE `rooms`;
-- Rename temporary table "new_rooms" to "rooms"
ALTER TABLE `new_rooms` RENAME TO `rooms`;
-- Create index "rooms_open_code_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_code_key` ON `rooms` (`open_code`);
-- Create index "rooms_open_host_id_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_host_id_key` ON `rooms` (`open_host_id`);
-- Create "skip_votes" table
CREATE TABLE `skip_votes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `item_id` text NOT NULL, `user_id` text NOT NULL, CONSTRAINT `skip_votes_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON DELETE NO ACTION, CONSTRAINT `skip_votes_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "skipvote_item_id_user_id" to table: "skip_votes"
CREATE UNIQUE INDEX `skipvote_item_id_user_id` ON `skip_votes` (`item_id`, `user_id`);
-- Enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
