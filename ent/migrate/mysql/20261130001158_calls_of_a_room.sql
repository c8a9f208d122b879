-- Modify "room_leases" table
ALTER TABLE `room_leases` ADD COLUMN `calls` varchar(400) NULL;
