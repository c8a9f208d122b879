import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { nameOf, storyFor } from './tabs'

const schema = buildSchema(readFileSync(new URL('../../../schema.graphqls', import.meta.url), 'utf8'))
const stories = [storyFor('', 'demo'), storyFor('', 'provider'), storyFor('PARTY', 'demo')]

describe.each(stories.map((story) => ({ story })))('story %#', ({ story }) => {
  it.each(story.map((tab) => [nameOf(tab), tab] as const))('%s is an operation of the schema', (name, tab) => {
    expect(validate(schema, parse(tab.query))).toEqual([])
    expect(name).not.toBe('')
  })

  it('explains its words before it uses them', () => {
    const known = new Set<string>()
    for (const tab of story) {
      const used = JSON.stringify(tab.variables ?? {}).match(/[A-Z]+_[A-Z]+/g) ?? []
      expect(used.filter((word) => !known.has(word))).toEqual([])
      for (const word of Object.keys(tab.gives ?? {})) known.add(word)
    }
  })

  it('has comments that fit beside the response', () => {
    const comments = story.flatMap((tab) => tab.query.split('\n')).filter((line) => line.startsWith('#'))
    expect(comments.filter((line) => line.length > 50)).toEqual([])
  })
})

it('tells the guests of a room how they join it', () => {
  const [joinRoom] = storyFor('PARTY', 'demo')
  expect(joinRoom && nameOf(joinRoom)).toBe('joinRoom')
  expect(joinRoom?.variables?.code).toBe('PARTY')
})
