import type { MembersQuery, Role } from '../../api/generated'

export type Member = NonNullable<NonNullable<MembersQuery['room']>['members']>['edges'][number]['node']

/** What a host can do with a member: offer the room, give a role, remove all their songs, remove, or ban. */
export type MemberAction = 'OFFER' | 'SONGS' | 'COHOST' | 'GUEST' | 'TABLET' | 'REMOVED' | 'BANNED'

/**
 * Returns the actions that a user may take on a member. Co-hosts cannot act on hosts, and can only remove the songs of other
 * co-hosts. Nobody can act on themselves.
 */
export function actionsFor(
  member: { participant: { user: { id: string } }; role: Role },
  me: { id: string; role: Role },
): MemberAction[] {
  if (member.participant.user.id === me.id || (me.role !== 'HOST' && me.role !== 'COHOST')) return []
  const byHost = me.role === 'HOST'
  switch (member.role) {
    case 'GUEST':
      return byHost ? ['COHOST', 'TABLET', 'SONGS', 'REMOVED', 'BANNED'] : ['SONGS', 'REMOVED', 'BANNED']
    case 'TABLET':
      return byHost ? ['GUEST', 'SONGS', 'REMOVED', 'BANNED'] : ['SONGS', 'REMOVED', 'BANNED']
    case 'COHOST':
      return byHost ? ['OFFER', 'GUEST', 'SONGS', 'REMOVED', 'BANNED'] : ['SONGS']
    case 'SCREEN':
      return ['REMOVED', 'BANNED']
    case 'REMOVED':
      return ['SONGS', 'BANNED']
    case 'BANNED':
      return ['SONGS']
    default:
      return []
  }
}
