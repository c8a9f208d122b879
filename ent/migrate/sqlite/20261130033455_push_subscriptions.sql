-- Create "push_subscriptions" table
CREATE TABLE `push_subscriptions` (`id` text NOT NULL, `room_id` text NOT NULL, `user_id` text NOT NULL, `session_id` text NOT NULL, `endpoint_hash` text NOT NULL, `endpoint` text NOT NULL, `p256dh` text NOT NULL, `auth` text NOT NULL, `push_key` text NOT NULL, `language` text NOT NULL, `announced` text NOT NULL DEFAULT (''), `created_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create index "push_subscriptions_endpoint_hash_key" to table: "push_subscriptions"
CREATE UNIQUE INDEX `push_subscriptions_endpoint_hash_key` ON `push_subscriptions` (`endpoint_hash`);
-- Create index "pushsubscription_room_id_user_id" to table: "push_subscriptions"
CREATE INDEX `pushsubscription_room_id_user_id` ON `push_subscriptions` (`room_id`, `user_id`);
