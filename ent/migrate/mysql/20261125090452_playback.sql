-- Modify "queue_items" table
ALTER TABLE `queue_items` ADD COLUMN `commit_delivery` varchar(24) NULL;
-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `delivery` varchar(24) NOT NULL DEFAULT 'QUEUE', ADD COLUMN `fallback` bool NOT NULL DEFAULT 1, ADD COLUMN `fallback_playlist_uri` varchar(128) NULL, ADD COLUMN `playlist_uri` varchar(128) NULL;
-- Modify "room_playbacks" table
ALTER TABLE `room_playbacks` ADD COLUMN `health_reason` varchar(24) NOT NULL DEFAULT '', ADD COLUMN `delivery` varchar(24) NOT NULL DEFAULT 'QUEUE', ADD COLUMN `begun` bool NOT NULL DEFAULT 0, ADD COLUMN `command_version` bigint NOT NULL DEFAULT 0;
-- Modify "spotify_accounts" table
ALTER TABLE `spotify_accounts` ADD COLUMN `refreshing_until` datetime(6) NULL, ADD UNIQUE INDEX `account_id` (`account_id`);
-- Create "spotify_authorizations" table
CREATE TABLE `spotify_authorizations` (`id` varchar(36) NOT NULL, `state_hash` varchar(64) NOT NULL, `browser_hash` varchar(64) NOT NULL, `verifier` varchar(128) NOT NULL, `return_to` varchar(1024) NOT NULL, `expires_at` datetime(6) NOT NULL, `user_id` varchar(36) NOT NULL, PRIMARY KEY (`id`), INDEX `spotifyauthorization_expires_at` (`expires_at`), INDEX `spotify_authorizations_users_user` (`user_id`), UNIQUE INDEX `state_hash` (`state_hash`), CONSTRAINT `spotify_authorizations_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE RESTRICT ON DELETE NO ACTION) CHARSET utf8mb4 COLLATE utf8mb4_bin;
