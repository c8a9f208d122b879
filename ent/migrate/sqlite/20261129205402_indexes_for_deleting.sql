-- Create index "roomcommand_created_at" to table: "room_commands"
CREATE INDEX `roomcommand_created_at` ON `room_commands` (`created_at`);
-- Create index "session_used_at" to table: "sessions"
CREATE INDEX `session_used_at` ON `sessions` (`used_at`);
-- Create index "spotify_authorizations_users_user" to table: "spotify_authorizations"
CREATE INDEX `spotify_authorizations_users_user` ON `spotify_authorizations` (`user_id`);
