-- Modify "memberships" table
ALTER TABLE `memberships` ADD COLUMN `adds_full_at` datetime(6) NULL;
-- Modify "queue_items" table
ALTER TABLE `queue_items` ADD COLUMN `recording` varchar(191) NOT NULL DEFAULT '', ADD COLUMN `approval` varchar(24) NULL, ADD COLUMN `pin_rule` varchar(24) NULL, ADD COLUMN `pin_position` bigint NOT NULL DEFAULT 0, ADD COLUMN `pin_likes` bigint NOT NULL DEFAULT 0, ADD COLUMN `pin_version` bigint NOT NULL DEFAULT 0, ADD COLUMN `started_version` bigint NOT NULL DEFAULT 0, ADD COLUMN `skipped_by` varchar(24) NULL, ADD INDEX `queueitem_room_id_added_by_id` (`room_id`, `added_by_id`), ADD INDEX `queueitem_room_id_recording_started_at` (`room_id`, `recording`, `started_at`);
-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `order_mode` varchar(24) NOT NULL DEFAULT 'LIKES', ADD COLUMN `allow_explicit` bool NOT NULL DEFAULT 1, ADD COLUMN `max_song_seconds` bigint NULL, ADD COLUMN `cooldown_minutes` bigint NOT NULL DEFAULT 30, ADD COLUMN `max_queue_length` bigint NOT NULL DEFAULT 500, ADD COLUMN `max_queued_per_guest` bigint NULL, ADD COLUMN `adds_per_hour` bigint NULL, ADD COLUMN `skip_vote_percent` bigint NOT NULL DEFAULT 50, ADD COLUMN `require_approval` bool NOT NULL DEFAULT 0, ADD COLUMN `trusted_after` bigint NOT NULL DEFAULT 3, ADD COLUMN `last_call_at` datetime(6) NULL, ADD COLUMN `blocked` json NULL, ADD COLUMN `settings_version` bigint NOT NULL DEFAULT 0, ADD COLUMN `present_count` bigint NOT NULL DEFAULT 0;
-- Modify "room_events" table
ALTER TABLE `room_events` ADD COLUMN `subject_id` varchar(36) NULL, ADD COLUMN `version` bigint NOT NULL DEFAULT 0, ADD COLUMN `undone` bool NOT NULL DEFAULT 0, ADD INDEX `roomevent_room_id_actor_id_version` (`room_id`, `actor_id`, `version`);
-- Modify "room_playbacks" table
ALTER TABLE `room_playbacks` ADD COLUMN `skip_votes` bigint NOT NULL DEFAULT 0, ADD COLUMN `votes_version` bigint NOT NULL DEFAULT 0;
-- Modify "songs" table
ALTER TABLE `songs` ADD COLUMN `artist_uris` json NULL;
-- Create "skip_votes" table
CREATE TABLE `skip_votes` (`id` bigint NOT NULL AUTO_INCREMENT, `item_id` varchar(36) NOT NULL, `user_id` varchar(36) NOT NULL, PRIMARY KEY (`id`), UNIQUE INDEX `skipvote_item_id_user_id` (`item_id`, `user_id`), INDEX `skip_votes_users_user` (`user_id`), CONSTRAINT `skip_votes_queue_items_item` FOREIGN KEY (`item_id`) REFERENCES `queue_items` (`id`) ON UPDATE RESTRICT ON DELETE NO ACTION, CONSTRAINT `skip_votes_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE RESTRICT ON DELETE NO ACTION) CHARSET utf8mb4 COLLATE utf8mb4_bin;
