import type { MembersQuery, Role } from '../../api/generated'

export type Member = NonNullable<NonNullable<MembersQuery['room']>['members']>['edges'][number]['node']

/** What can be done with somebody in a room. */
export type Step = 'COHOST' | 'GUEST' | 'REMOVED' | 'BANNED'

/** What one may do with a member: hosts go before co-hosts, and nobody acts on themselves. */
export function stepsWith(member: { user: { id: string }; role: Role }, me: { id: string; role: Role }): Step[] {
  if (member.user.id === me.id || (me.role !== 'HOST' && me.role !== 'COHOST')) return []
  const byHost = me.role === 'HOST'
  switch (member.role) {
    case 'GUEST':
      return byHost ? ['COHOST', 'REMOVED', 'BANNED'] : ['REMOVED', 'BANNED']
    case 'COHOST':
      return byHost ? ['GUEST', 'REMOVED', 'BANNED'] : []
    case 'SCREEN':
      return ['REMOVED', 'BANNED']
    case 'REMOVED':
      return ['BANNED']
    default:
      return []
  }
}
