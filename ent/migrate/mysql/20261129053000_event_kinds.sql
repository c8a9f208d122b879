-- Give two kinds of events their new names: HANDED_ON becomes PASSED_ON, and LEFT_OUT becomes GUEST_REMOVED
UPDATE `room_events` SET `kind` = 'PASSED_ON' WHERE `kind` = 'HANDED_ON';
UPDATE `room_events` SET `kind` = 'GUEST_REMOVED' WHERE `kind` = 'LEFT_OUT';
-- The detail of an UNDONE event is the kind of the event that was undone; of these two only PASSED_ON can be undone
UPDATE `room_events` SET `detail` = 'PASSED_ON' WHERE `kind` = 'UNDONE' AND `detail` = 'HANDED_ON';
-- The detail of a SETTINGS event names settings as the API does
UPDATE `room_events` SET `detail` = REPLACE(`detail`, 'fallbackPlaylistURI', 'fallbackPlaylistUri') WHERE `kind` = 'SETTINGS';
