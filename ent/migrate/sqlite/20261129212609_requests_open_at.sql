-- Add column "requests_open_at" to table: "rooms"
ALTER TABLE `rooms` ADD COLUMN `requests_open_at` datetime NULL;
