-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Create "new_rooms" table
CREATE TABLE `new_rooms` (`id` text NOT NULL, `name` text NOT NULL, `code` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL, `open_code` text NULL, `open_host_id` text NULL, `members_version` integer NOT NULL DEFAULT (0), `requests_open` bool NOT NULL DEFAULT (true), `delivery` text NOT NULL DEFAULT ('QUEUE'), `fallback` bool NOT NULL DEFAULT (true), `fallback_playlist_uri` text NULL, `guest_playlist_uri` text NULL, `guest_playlist_use` text NOT NULL DEFAULT ('ADD'), `order_mode` text NOT NULL DEFAULT ('LIKES'), `allow_explicit` bool NOT NULL DEFAULT (true), `max_song_seconds` integer NULL, `cooldown_minutes` integer NOT NULL DEFAULT (30), `max_queue_length` integer NOT NULL DEFAULT (500), `max_queued_per_guest` integer NULL, `adds_per_hour` integer NULL, `skip_vote_percent` integer NOT NULL DEFAULT (50), `require_approval` bool NOT NULL DEFAULT (false), `trusted_after` integer NOT NULL DEFAULT (3), `likes_after_minutes` integer NOT NULL DEFAULT (0), `away_after_minutes` integer NULL, `reactions` bool NOT NULL DEFAULT (true), `away_version` integer NOT NULL DEFAULT (0), `requests_open_at` datetime NULL, `last_call_at` datetime NULL, `blocked` json NULL, `settings_version` integer NOT NULL DEFAULT (0), `restored_version` integer NOT NULL DEFAULT (0), `present_count` integer NOT NULL DEFAULT (0), `playlist_uri` text NULL, `offered_to_id` text NULL, `offer_expires_at` datetime NULL, `offer_accepted` bool NOT NULL DEFAULT (false), `created_at` datetime NOT NULL, `closed_at` datetime NULL, `host_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rooms_users_host` FOREIGN KEY (`host_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "rooms" to new temporary table "new_rooms"
INSERT INTO `new_rooms` (`id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `members_version`, `requests_open`, `delivery`, `fallback`, `fallback_playlist_uri`, `guest_playlist_uri`, `guest_playlist_use`, `order_mode`, `allow_explicit`, `max_song_seconds`, `cooldown_minutes`, `max_queue_length`, `max_queued_per_guest`, `adds_per_hour`, `skip_vote_percent`, `require_approval`, `trusted_after`, `likes_after_minutes`, `away_after_minutes`, `away_version`, `requests_open_at`, `last_call_at`, `blocked`, `settings_version`, `restored_version`, `present_count`, `playlist_uri`, `offered_to_id`, `offer_expires_at`, `offer_accepted`, `created_at`, `closed_at`, `host_id`) SELECT `id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `members_version`, `requests_open`, `delivery`, `fallback`, `fallback_playlist_uri`, `guest_playlist_uri`, `guest_playlist_use`, `order_mode`, `allow_explicit`, `max_song_seconds`, `cooldown_minutes`, `max_queue_length`, `max_queued_per_guest`, `adds_per_hour`, `skip_vote_percent`, `require_approval`, `trusted_after`, `likes_after_minutes`, `away_after_minutes`, `away_version`, `requests_open_at`, `last_call_at`, `blocked`, `settings_version`, `restored_version`, `present_count`, `playlist_uri`, `offered_to_id`, `offer_expires_at`, `offer_accepted`, `created_at`, `closed_at`, `host_id` FROM `rooms`;
-- Drop "rooms" table after copying rows
DROP TABLE `rooms`;
-- Rename temporary table "new_rooms" to "rooms"
ALTER TABLE `new_rooms` RENAME TO `rooms`;
-- Create index "rooms_open_code_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_code_key` ON `rooms` (`open_code`);
-- Create index "rooms_open_host_id_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_host_id_key` ON `rooms` (`open_host_id`);
-- Create index "room_closed_at" to table: "rooms"
CREATE INDEX `room_closed_at` ON `rooms` (`closed_at`);
-- Create index "rooms_users_host" to table: "rooms"
CREATE INDEX `rooms_users_host` ON `rooms` (`host_id`);
-- Enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
