import { expect, test } from 'vitest'
import { readAddress } from './address'

const at = (query: string) => readAddress(`https://party.example${query}`)

test('an address without an outcome stays as it is', () => {
  expect(at('/host')).toEqual({ roomCode: null, succeeded: null, failed: null, clean: '/host' })
})

test('the outcome of signing in or connecting is read and removed from the address', () => {
  expect(at('/host?login=done')).toEqual({ roomCode: null, succeeded: 'login', failed: null, clean: '/host' })
  expect(at('/host?spotify=connected')).toMatchObject({ succeeded: 'spotify', clean: '/host' })
  expect(at('/host?login=failed&login_error=The+provider+said+no.')).toEqual({
    roomCode: null,
    succeeded: null,
    failed: { what: 'login', reason: 'The provider said no.' },
    clean: '/host',
  })
  expect(at('/host?spotify=failed')).toMatchObject({ failed: { what: 'spotify', reason: '' }, clean: '/host' })
})

test('the room to open as a co-host stays in the address', () => {
  expect(at('/host?room=party&login=done')).toEqual({
    roomCode: 'PARTY',
    succeeded: 'login',
    failed: null,
    clean: '/host?room=party',
  })
  expect(at('/host?room=').roomCode).toBeNull()
})
