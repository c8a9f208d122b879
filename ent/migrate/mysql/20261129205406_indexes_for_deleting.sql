-- Modify "room_commands" table
ALTER TABLE `room_commands` ADD INDEX `roomcommand_created_at` (`created_at`);
-- Modify "sessions" table
ALTER TABLE `sessions` ADD INDEX `session_used_at` (`used_at`);
