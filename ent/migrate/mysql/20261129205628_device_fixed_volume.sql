-- Modify "room_playbacks" table
ALTER TABLE `room_playbacks` ADD COLUMN `device_fixed_volume` bool NOT NULL DEFAULT 0;
