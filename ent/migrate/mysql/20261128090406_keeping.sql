-- Modify "memberships" table
ALTER TABLE `memberships` DROP INDEX `membership_room_id_joined_at`, ADD INDEX `membership_room_id_joined_at_id` (`room_id`, `joined_at`, `id`);
-- Modify "queue_items" table
ALTER TABLE `queue_items` DROP INDEX `queueitem_room_id_started_at`, ADD INDEX `queueitem_room_id_started_at_id` (`room_id`, `started_at`, `id`);
-- Modify "rooms" table
ALTER TABLE `rooms` ADD INDEX `room_closed_at` (`closed_at`);
-- Modify "room_events" table
ALTER TABLE `room_events` DROP INDEX `roomevent_room_id_at`, ADD INDEX `roomevent_room_id_at_id_kind` (`room_id`, `at`, `id`, `kind`);
