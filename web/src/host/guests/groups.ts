import type { Member } from './memberActions'

export const groupNames = ['here', 'absent', 'screens', 'removed'] as const
export type GroupName = (typeof groupNames)[number]

/** The members, by what a host wants to know about them first. Each group keeps the order of the list. */
export function groupsOf(members: readonly Member[]): Record<GroupName, Member[]> {
  const groups: Record<GroupName, Member[]> = { here: [], absent: [], screens: [], removed: [] }
  for (const member of members) groups[groupOf(member)].push(member)
  return groups
}

function groupOf({ role, present }: Member): GroupName {
  if (role === 'REMOVED' || role === 'BANNED') return 'removed'
  if (role === 'SCREEN') return 'screens'
  return present ? 'here' : 'absent'
}
