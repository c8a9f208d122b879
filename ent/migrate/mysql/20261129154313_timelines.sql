-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `restored_version` bigint NOT NULL DEFAULT 0;
-- Create "timelines" table
CREATE TABLE `timelines` (`id` varchar(36) NOT NULL, `number` bigint NOT NULL, `beat` bigint NOT NULL, `beat_at` datetime(6) NOT NULL, PRIMARY KEY (`id`)) CHARSET utf8mb4 COLLATE utf8mb4_bin;
