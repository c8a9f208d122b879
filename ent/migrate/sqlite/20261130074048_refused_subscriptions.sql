-- Add column "refused_since" to table: "push_subscriptions"
ALTER TABLE `push_subscriptions` ADD COLUMN `refused_since` datetime NULL;
