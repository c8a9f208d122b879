-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Create "new_room_playbacks" table
CREATE TABLE `new_room_playbacks` (`id` text NOT NULL, `version` integer NOT NULL, `status` text NOT NULL, `progress_ms` integer NULL, `observed_at` datetime NOT NULL, `device_id` text NULL, `device_name` text NOT NULL DEFAULT (''), `device_type` text NOT NULL DEFAULT (''), `device_active` bool NOT NULL DEFAULT (false), `device_restricted` bool NOT NULL DEFAULT (false), `device_fixed_volume` bool NOT NULL DEFAULT (false), `device_volume` integer NULL, `health` text NOT NULL, `health_reason` text NOT NULL DEFAULT (''), `health_until` datetime NULL, `delivery` text NOT NULL DEFAULT ('QUEUE'), `has_played` bool NOT NULL DEFAULT (false), `skip_votes` integer NOT NULL DEFAULT (0), `votes_version` integer NOT NULL DEFAULT (0), `command_version` integer NOT NULL DEFAULT (0), `item_id` text NULL, `song_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `room_playbacks_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON DELETE SET NULL, CONSTRAINT `room_playbacks_songs_song` FOREIGN KEY (`song_id`) REFERENCES `songs` (`id`) ON DELETE SET NULL);
-- Copy rows from old table "room_playbacks" to new temporary table "new_room_playbacks"
INSERT INTO `new_room_playbacks` (`id`, `version`, `status`, `progress_ms`, `observed_at`, `device_id`, `device_name`, `device_type`, `device_active`, `device_restricted`, `device_volume`, `health`, `health_reason`, `health_until`, `delivery`, `has_played`, `skip_votes`, `votes_version`, `command_version`, `item_id`, `song_id`) SELECT `id`, `version`, `status`, `progress_ms`, `observed_at`, `device_id`, `device_name`, `device_type`, `device_active`, `device_restricted`, `device_volume`, `health`, `health_reason`, `health_until`, `delivery`, `has_played`, `skip_votes`, `votes_version`, `command_version`, `item_id`, `song_id` FROM `room_playbacks`;
-- Drop "room_playbacks" table after copying rows
DROP TABLE `room_playbacks`;
-- Rename temporary table "new_room_playbacks" to "room_playbacks"
ALTER TABLE `new_room_playbacks` RENAME TO `room_playbacks`;
-- Create index "room_playbacks_queue_items_item" to table: "room_playbacks"
CREATE INDEX `room_playbacks_queue_items_item` ON `room_playbacks` (`item_id`);
-- Create index "room_playbacks_songs_song" to table: "room_playbacks"
CREATE INDEX `room_playbacks_songs_song` ON `room_playbacks` (`song_id`);
-- Enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
