-- Create index "session_user_id" to table: "sessions"
CREATE INDEX `session_user_id` ON `sessions` (`user_id`);
-- Create "logins" table
CREATE TABLE `logins` (`id` text NOT NULL, `state_hash` text NOT NULL, `browser_hash` text NOT NULL, `nonce` text NOT NULL, `verifier` text NOT NULL, `return_to` text NOT NULL, `expires_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create index "logins_state_hash_key" to table: "logins"
CREATE UNIQUE INDEX `logins_state_hash_key` ON `logins` (`state_hash`);
-- Create index "login_expires_at" to table: "logins"
CREATE INDEX `login_expires_at` ON `logins` (`expires_at`);
