-- Modify "memberships" table
ALTER TABLE `memberships` ADD COLUMN `seen_at` datetime(6) NULL, ADD INDEX `membership_room_id_joined_at` (`room_id`, `joined_at`);
-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `members_version` bigint NOT NULL DEFAULT 0, ADD COLUMN `requests_open` bool NOT NULL DEFAULT 1;
-- Modify "users" table
ALTER TABLE `users` ADD COLUMN `device_hash` varchar(64) NULL, ADD INDEX `user_device_hash` (`device_hash`);
