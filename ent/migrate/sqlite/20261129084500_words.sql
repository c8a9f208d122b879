-- Give three columns and an index the words of the glossary
ALTER TABLE `room_playbacks` RENAME COLUMN `begun` TO `has_played`;
ALTER TABLE `spotify_accounts` RENAME COLUMN `sealed_tokens` TO `encrypted_tokens`;
ALTER TABLE `users` RENAME COLUMN `device_hash` TO `browser_hash`;
DROP INDEX `user_device_hash`;
CREATE INDEX `user_browser_hash` ON `users` (`browser_hash`);
