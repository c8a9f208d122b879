import { expect, test } from 'vitest'
import { keeper } from './storage'

test('what is kept outlives the page', () => {
  const stored = new Map<string, string>()
  const find = () => ({
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  })
  keeper(find).setItem('name', 'Gina')
  expect(keeper(find).getItem('name')).toBe('Gina')
  keeper(find).removeItem('name')
  expect(keeper(find).getItem('name')).toBe(null)
})

test('a browser that lets nothing be kept does so until the page is closed', () => {
  const forbidden = keeper(() => {
    throw new Error('access is denied for this document')
  })
  expect(forbidden.getItem('name')).toBe(null)
  forbidden.setItem('name', 'Gina')
  expect(forbidden.getItem('name')).toBe('Gina')
  forbidden.removeItem('name')
  expect(forbidden.getItem('name')).toBe(null)
})
