-- Modify "memberships" table
ALTER TABLE `memberships` ADD COLUMN `away` bool NOT NULL DEFAULT 0;
-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `away_after_minutes` bigint NULL, ADD COLUMN `away_version` bigint NOT NULL DEFAULT 0;
