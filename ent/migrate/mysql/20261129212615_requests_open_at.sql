-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `requests_open_at` datetime(6) NULL;
