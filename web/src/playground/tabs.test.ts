import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { nameOf, tabsFor } from './tabs'

const schema = buildSchema(readFileSync(new URL('../../../schema.graphqls', import.meta.url), 'utf8'))
const cases = [tabsFor('', 'demo'), tabsFor('', 'provider'), tabsFor('PARTY', 'demo')]

describe.each(cases.map((tabs) => ({ tabs })))('the tabs for case %#', ({ tabs }) => {
  it.each(tabs.map((tab) => [nameOf(tab), tab] as const))('%s is an operation of the schema', (name, tab) => {
    expect(validate(schema, parse(tab.query))).toEqual([])
    expect(name).not.toBe('')
  })

  it('provides its placeholders before it uses them', () => {
    const known = new Set<string>()
    for (const tab of tabs) {
      const used = JSON.stringify(tab.variables ?? {}).match(/[A-Z]+_[A-Z]+/g) ?? []
      expect(used.filter((name) => !known.has(name))).toEqual([])
      for (const name of Object.keys(tab.provides ?? {})) known.add(name)
    }
  })

  it('has comments that fit beside the response', () => {
    const comments = tabs.flatMap((tab) => tab.query.split('\n')).filter((line) => line.startsWith('#'))
    expect(comments.filter((line) => line.length > 50)).toEqual([])
  })
})

it('starts with joining for the guests of a room', () => {
  const [joinRoom] = tabsFor('PARTY', 'demo')
  expect(joinRoom && nameOf(joinRoom)).toBe('joinRoom')
  expect(joinRoom?.variables?.code).toBe('PARTY')
})
