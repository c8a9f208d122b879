import { expect, test } from 'vitest'
import type { Role } from '../../api/generated'
import { actionsFor } from './memberActions'

const member = (role: Role, id = 'somebody') => ({ role, participant: { user: { id } } })
const roles: Role[] = ['HOST', 'COHOST', 'GUEST', 'TABLET', 'SCREEN', 'REMOVED', 'BANNED']

test('a host makes co-hosts and shared tablets and takes that back, offers the room to co-hosts, removes and bans', () => {
  const actions = roles.map((role) => actionsFor(member(role), { id: 'me', role: 'HOST' }))
  expect(actions).toEqual([
    [],
    ['OFFER', 'GUEST', 'SONGS', 'REMOVED', 'BANNED'],
    ['COHOST', 'TABLET', 'SONGS', 'REMOVED', 'BANNED'],
    ['GUEST', 'SONGS', 'REMOVED', 'BANNED'],
    ['REMOVED', 'BANNED'],
    ['SONGS', 'BANNED'],
    ['SONGS'],
  ])
})

test('a co-host removes and bans guests, but no host and no other co-host, whose songs they can remove', () => {
  const actions = roles.map((role) => actionsFor(member(role), { id: 'me', role: 'COHOST' }))
  expect(actions).toEqual([
    [],
    ['SONGS'],
    ['SONGS', 'REMOVED', 'BANNED'],
    ['SONGS', 'REMOVED', 'BANNED'],
    ['REMOVED', 'BANNED'],
    ['SONGS', 'BANNED'],
    ['SONGS'],
  ])
})

test('no member can act on themselves, and a guest can act on no member', () => {
  expect(actionsFor(member('COHOST', 'me'), { id: 'me', role: 'COHOST' })).toEqual([])
  expect(actionsFor(member('GUEST'), { id: 'me', role: 'GUEST' })).toEqual([])
})
