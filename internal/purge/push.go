package purge

import "context"

// endedSubscriptions are push subscriptions whose session, membership or room has ended, so that nothing is sent there.
const endedSubscriptions = `(SELECT 1 FROM sessions s WHERE s.family = push_subscriptions.session_id LIMIT 1) IS NULL
 OR (SELECT 1 FROM memberships m WHERE m.room_id = push_subscriptions.room_id
  AND m.user_id = push_subscriptions.user_id AND m.role IN ('HOST', 'COHOST', 'GUEST') LIMIT 1) IS NULL
 OR (SELECT 1 FROM rooms r WHERE r.id = push_subscriptions.room_id AND r.status = 'OPEN' LIMIT 1) IS NULL`

// Subscriptions deletes the push subscriptions to which nothing may be sent any longer.
func (p *Purger) Subscriptions(ctx context.Context) error {
	_, err := p.db.Sweep(ctx, "push_subscriptions", "("+endedSubscriptions+")")
	return wrap("delete push subscriptions", err)
}
