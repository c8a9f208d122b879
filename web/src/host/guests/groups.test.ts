import { expect, test } from 'vitest'
import { groupsOf } from './groups'
import type { Member } from './memberActions'

const member = (displayName: string, role: Member['role'], present: boolean): Member => ({
  participant: { id: displayName, displayName, user: { id: displayName } },
  role,
  present,
})

test('members are grouped by whether they are here; screens and removed members are apart', () => {
  const groups = groupsOf([
    member('Gina', 'GUEST', true),
    member('Otto', 'COHOST', false),
    member('Nora', 'HOST', true),
    member('TV', 'SCREEN', true),
    member('Old TV', 'SCREEN', false),
    member('Piet', 'BANNED', true),
    member('Mara', 'REMOVED', false),
  ])
  const names = Object.entries(groups).map(([name, members]) => [name, members.map((it) => it.participant.displayName)])
  expect(names).toEqual([
    ['here', ['Gina', 'Nora']],
    ['absent', ['Otto']],
    ['screens', ['TV', 'Old TV']],
    ['removed', ['Piet', 'Mara']],
  ])
})
