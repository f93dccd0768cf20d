CREATE INDEX "message_user_id_channel_state_read_at" ON "message" ("user_id", "channel", "state", "read_at");;
DROP INDEX "message_user_id_channel_read_at";;
