-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Add column "commit_delivery" to table: "queue_items"
ALTER TABLE `queue_items` ADD COLUMN `commit_delivery` text NULL;
-- Create "new_rooms" table
CREATE TABLE `new_rooms` (`id` text NOT NULL, `name` text NOT NULL, `code` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL, `open_code` text NULL, `open_host_id` text NULL, `delivery` text NOT NULL DEFAULT ('QUEUE'), `fallback` bool NOT NULL DEFAULT (true), `fallback_playlist_uri` text NULL, `playlist_uri` text NULL, `created_at` datetime NOT NULL, `closed_at` datetime NULL, `host_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rooms_users_host` FOREIGN KEY (`host_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "rooms" to new temporary table "new_rooms"
INSERT INTO `new_rooms` (`id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `created_at`, `closed_at`, `host_id`) SELECT `id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `created_at`, `closed_at`, `host_id` FROM `rooms`;
-- Drop "rooms" table after copying rows
DROP TABLE `rooms`;
-- Rename temporary table "new_rooms" to "rooms"
ALTER TABLE `new_rooms` RENAME TO `rooms`;
-- Create index "rooms_open_code_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_code_key` ON `rooms` (`open_code`);
-- Create index "rooms_open_host_id_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_host_id_key` ON `rooms` (`open_host_id`);
-- Create "new_room_playbacks" table
CREATE TABLE `new_room_playbacks` (`id` text NOT NULL, `version` integer NOT NULL, `status` text NOT NULL, `progress_ms` integer NULL, `observed_at` datetime NOT NULL, `device_id` text NULL, `device_name` text NOT NULL DEFAULT (''), `device_type` text NOT NULL DEFAULT (''), `device_active` bool NOT NULL DEFAULT (false), `device_restricted` bool NOT NULL DEFAULT (false), `device_volume` integer NULL, `health` text NOT NULL, `health_reason` text NOT NULL DEFAULT (''), `health_until` datetime NULL, `delivery` text NOT NULL DEFAULT ('QUEUE'), `begun` bool NOT NULL DEFAULT (false), `command_version` integer NOT NULL DEFAULT (0), `item_id` text NULL, `song_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `room_playbacks_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON DELETE SET NULL, CONSTRAINT `room_playbacks_songs_song` FOREIGN KEY (`song_id`) REFERENCES `songs` (`id`) ON DELETE SET NULL);
-- Copy rows from old table "room_playbacks" to new temporary table "new_room_playbacks"
INSERT INTO `new_room_playbacks` (`id`, `version`, `status`, `progress_ms`, `observed_at`, `device_id`, `device_name`, `device_type`, `device_active`, `device_restricted`, `device_volume`, `health`, `health_until`, `item_id`, `song_id`) SELECT `id`, `version`, `status`, `progress_ms`, `observed_at`, `device_id`, `device_name`, `device_type`, `device_active`, `device_restricted`, `device_volume`, `health`, `health_until`, `item_id`, `song_id` FROM `room_playbacks`;
-- Drop "room_playbacks" table after copying rows
DROP TABLE `room_playbacks`;
-- Rename temporary table "new_room_playbacks" to "room_playbacks"
ALTER TABLE `new_room_playbacks` RENAME TO `room_playbacks`;
-- Add column "refreshing_until" to table: "spotify_accounts"
ALTER TABLE `spotify_accounts` ADD COLUMN `refreshing_until` datetime NULL;
-- Create index "spotify_accounts_account_id_key" to table: "spotify_accounts"
CREATE UNIQUE INDEX `spotify_accounts_account_id_key` ON `spotify_accounts` (`account_id`);
-- Create "spotify_authorizations" table
CREATE TABLE `spotify_authorizations` (`id` text NOT NULL, `state_hash` text NOT NULL, `browser_hash` text NOT NULL, `verifier` text NOT NULL, `return_to` text NOT NULL, `expires_at` datetime NOT NULL, `user_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `spotify_authorizations_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Create index "spotify_authorizations_state_hash_key" to table: "spotify_authorizations"
CREATE UNIQUE INDEX `spotify_authorizations_state_hash_key` ON `spotify_authorizations` (`state_hash`);
-- Create index "spotifyauthorization_expires_at" to table: "spotify_authorizations"
CREATE INDEX `spotifyauthorization_expires_at` ON `spotify_authorizations` (`expires_at`);
-- Enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
