-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `offered_to_id` varchar(36) NULL, ADD COLUMN `offer_expires_at` datetime(6) NULL, ADD COLUMN `offer_accepted` bool NOT NULL DEFAULT 0;
