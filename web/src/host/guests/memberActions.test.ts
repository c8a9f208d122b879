import { expect, test } from 'vitest'
import type { Role } from '../../api/generated'
import { stepsWith } from './memberActions'

const member = (role: Role, id = 'somebody') => ({ role, user: { id } })
const roles: Role[] = ['HOST', 'COHOST', 'GUEST', 'SCREEN', 'REMOVED', 'BANNED']

test('a host makes co-hosts and takes that back, removes and bans', () => {
  const steps = roles.map((role) => stepsWith(member(role), { id: 'me', role: 'HOST' }))
  expect(steps).toEqual([
    [],
    ['GUEST', 'REMOVED', 'BANNED'],
    ['COHOST', 'REMOVED', 'BANNED'],
    ['REMOVED', 'BANNED'],
    ['BANNED'],
    [],
  ])
})

test('a co-host removes and bans guests, but no host and no other co-host', () => {
  const steps = roles.map((role) => stepsWith(member(role), { id: 'me', role: 'COHOST' }))
  expect(steps).toEqual([[], [], ['REMOVED', 'BANNED'], ['REMOVED', 'BANNED'], ['BANNED'], []])
})

test('nobody acts on themselves, and guests on nobody', () => {
  expect(stepsWith(member('COHOST', 'me'), { id: 'me', role: 'COHOST' })).toEqual([])
  expect(stepsWith(member('GUEST'), { id: 'me', role: 'GUEST' })).toEqual([])
})
