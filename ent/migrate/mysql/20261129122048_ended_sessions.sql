-- Create "ended_sessions" table
CREATE TABLE `ended_sessions` (`id` varchar(36) NOT NULL, `ended_at` datetime(6) NOT NULL, PRIMARY KEY (`id`), INDEX `endedsession_ended_at` (`ended_at`)) CHARSET utf8mb4 COLLATE utf8mb4_bin;
