-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `reactions` bool NOT NULL DEFAULT 1;
