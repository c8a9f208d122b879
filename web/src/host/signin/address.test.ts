import { expect, test } from 'vitest'
import { arrivalFrom } from './address'

const at = (query: string) => arrivalFrom(`https://party.example${query}`)

test('an address without anything to say stays as it is', () => {
  expect(at('/host')).toEqual({ code: null, good: null, bad: null, clean: '/host' })
})

test('what came of signing in or connecting is said, and is in the address no more', () => {
  expect(at('/host?login=done')).toEqual({ code: null, good: 'login', bad: null, clean: '/host' })
  expect(at('/host?spotify=connected')).toMatchObject({ good: 'spotify', clean: '/host' })
  expect(at('/host?login=failed&login_error=The+provider+said+no.')).toEqual({
    code: null,
    good: null,
    bad: { what: 'login', why: 'The provider said no.' },
    clean: '/host',
  })
  expect(at('/host?spotify=failed')).toMatchObject({ bad: { what: 'spotify', why: '' }, clean: '/host' })
})

test('the room to be a co-host in stays in the address', () => {
  expect(at('/host?room=party&login=done')).toEqual({ code: 'PARTY', good: 'login', bad: null, clean: '/host?room=party' })
  expect(at('/host?room=').code).toBeNull()
})
