-- Create "ended_sessions" table
CREATE TABLE `ended_sessions` (`id` text NOT NULL, `ended_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create index "endedsession_ended_at" to table: "ended_sessions"
CREATE INDEX `endedsession_ended_at` ON `ended_sessions` (`ended_at`);
