import { expect, test } from 'vitest'
import { withMemoryFallback } from './storage.ts'

test('stored values survive a reload', () => {
  const stored = new Map<string, string>()
  const find = () => ({
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  })
  const before = withMemoryFallback(find)
  before.setItem('name', 'Gina')
  expect(withMemoryFallback(find).getItem('name')).toBe('Gina')
  withMemoryFallback(find).setItem('name', 'Ben') // in another tab
  expect(before.getItem('name')).toBe('Ben')
  withMemoryFallback(find).removeItem('name')
  expect(withMemoryFallback(find).getItem('name')).toBe(null)
})

test('without storage, values stay in memory', () => {
  const forbidden = withMemoryFallback(() => {
    throw new Error('access is denied for this document')
  })
  expect(forbidden.getItem('name')).toBe(null)
  forbidden.setItem('name', 'Gina')
  expect(forbidden.getItem('name')).toBe('Gina')
  forbidden.removeItem('name')
  expect(forbidden.getItem('name')).toBe(null)
})
