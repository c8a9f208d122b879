import { afterEach, expect, test } from 'vitest'
import { forgetNames, namesOf, rememberName } from './tabletNames'

afterEach(forgetNames)

test('names given at a tablet are suggested, the last one first and each once, as long as the party lasts', () => {
  const now = Date.now()
  for (const name of ['Oma', 'Karl', 'OMA']) rememberName('room', name, now)
  expect(namesOf('room', now)).toEqual(['OMA', 'Karl'])
  expect(namesOf('another room', now)).toEqual([])
  forgetNames()
  expect(namesOf('room', now)).toEqual([])
})

test('names are deleted when somebody opens the page a day after the party, in any room', () => {
  const now = Date.now()
  rememberName('room', 'Oma', now)
  expect(namesOf('another room', now + 24 * 60 * 60 * 1000)).toEqual([])
  expect(namesOf('room', now)).toEqual([])
})

test('a new party begins without the names of the one before, and there are only so many', () => {
  rememberName('room', 'Oma')
  for (let n = 0; n < 100; n++) rememberName('another room', `Guest ${n}`)
  expect(namesOf('another room')).toHaveLength(24)
  expect(namesOf('room')).toEqual([])
})
