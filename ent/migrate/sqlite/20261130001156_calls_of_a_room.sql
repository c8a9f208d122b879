-- Add column "calls" to table: "room_leases"
ALTER TABLE `room_leases` ADD COLUMN `calls` text NULL;
