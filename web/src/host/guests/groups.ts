import type { Member } from './memberActions'

export const groupNames = ['here', 'absent', 'screens', 'removed'] as const
export type GroupName = (typeof groupNames)[number]

/** Groups the members by whether they are present; screens and removed members are apart. Each group keeps the list's order. */
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
