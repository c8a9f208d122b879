-- Modify "sessions" table
ALTER TABLE `sessions` ADD INDEX `session_user_id` (`user_id`);
-- Create "logins" table
CREATE TABLE `logins` (`id` varchar(36) NOT NULL, `state_hash` varchar(64) NOT NULL, `browser_hash` varchar(64) NOT NULL, `nonce` varchar(64) NOT NULL, `verifier` varchar(128) NOT NULL, `return_to` varchar(1024) NOT NULL, `expires_at` datetime(6) NOT NULL, PRIMARY KEY (`id`), INDEX `login_expires_at` (`expires_at`), UNIQUE INDEX `state_hash` (`state_hash`)) CHARSET utf8mb4 COLLATE utf8mb4_bin;
