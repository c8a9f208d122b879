import { expect, test } from 'vitest'
import { hueOf, initialOf } from './Avatar'

test('an initial is the first letter, or a whole emoji', () => {
  expect(['gina', ' ömer', '  ', 'محمد', '👩‍🎤 Ada', '🎉party'].map(initialOf)).toEqual(['G', 'Ö', '', 'م', '👩‍🎤', '🎉'])
})

test('a person keeps their colour, and most people differ', () => {
  expect(hueOf('user-1')).toBe(hueOf('user-1'))
  expect(new Set(Array.from({ length: 200 }, (_, n) => hueOf(`user-${n}`))).size).toBe(12)
})
