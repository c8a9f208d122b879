-- Modify "rooms" table
ALTER TABLE `rooms` ADD COLUMN `guest_playlist_uri` varchar(128) NULL, ADD COLUMN `guest_playlist_use` varchar(24) NOT NULL DEFAULT 'ADD';
