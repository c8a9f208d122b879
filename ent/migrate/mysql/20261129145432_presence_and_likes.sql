-- Modify "memberships" table
ALTER TABLE `memberships` ADD COLUMN `present_since` datetime(6) NULL;
-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `likes_after_minutes` bigint NOT NULL DEFAULT 0;
