-- Modify "push_subscriptions" table
ALTER TABLE `push_subscriptions` ADD COLUMN `refused_since` datetime(6) NULL;
