-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Add column "seen_at" to table: "memberships"
ALTER TABLE `memberships` ADD COLUMN `seen_at` datetime NULL;
-- Create index "membership_room_id_joined_at" to table: "memberships"
CREATE INDEX `membership_room_id_joined_at` ON `memberships` (`room_id`, `joined_at`);
-- Create "new_users" table
CREATE TABLE `new_users` (`id` text NOT NULL, `kind` text NOT NULL, `subject` text NULL, `display_name` text NOT NULL, `email` text NULL, `email_verified` bool NOT NULL DEFAULT (false), `picture_url` text NULL, `device_hash` text NULL, `created_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Copy rows from old table "users" to new temporary table "new_users"
INSERT INTO `new_users` (`id`, `kind`, `subject`, `display_name`, `email`, `email_verified`, `picture_url`, `created_at`) SELECT `id`, `kind`, `subject`, `display_name`, `email`, `email_verified`, `picture_url`, `created_at` FROM `users`;
-- Drop "users" table after copying rows
DROP TABLE `users`;
-- Rename temporary table "new_users" to "users"
ALTER TABLE `new_users` RENAME TO `users`;
-- Create index "users_subject_key" to table: "users"
CREATE UNIQUE INDEX `users_subject_key` ON `users` (`subject`);
-- Create index "user_device_hash" to table: "users"
CREATE INDEX `user_device_hash` ON `users` (`device_hash`);
-- Create "new_rooms" table
CREATE TABLE `new_rooms` (`id` text NOT NULL, `name` text NOT NULL, `code` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL, `open_code` text NULL, `open_host_id` text NULL, `members_version` integer NOT NULL DEFAULT (0), `requests_open` bool NOT NULL DEFAULT (true), `delivery` text NOT NULL DEFAULT ('QUEUE'), `fallback` bool NOT NULL DEFAULT (true), `fallback_playlist_uri` text NULL, `playlist_uri` text NULL, `created_at` datetime NOT NULL, `closed_at` datetime NULL, `host_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rooms_users_host` FOREIGN KEY (`host_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "rooms" to new temporary table "new_rooms"
INSERT INTO `new_rooms` (`id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `delivery`, `fallback`, `fallback_playlist_uri`, `playlist_uri`, `created_at`, `closed_at`, `host_id`) SELECT `id`, `name`, `code`, `status`, `version`, `open_code`, `open_host_id`, `delivery`, `fallback`, `fallback_playlist_uri`, `playlist_uri`, `created_at`, `closed_at`, `host_id` FROM `rooms`;
-- Drop "rooms" table after copying rows
DROP TABLE `rooms`;
-- Rename temporary table "new_rooms" to "rooms"
ALTER TABLE `new_rooms` RENAME TO `rooms`;
-- Create index "rooms_open_code_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_code_key` ON `rooms` (`open_code`);
-- Create index "rooms_open_host_id_key" to table: "rooms"
CREATE UNIQUE INDEX `rooms_open_host_id_key` ON `rooms` (`open_host_id`);
-- Enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
