import { describe, expect, it } from 'vitest'
import type { Item } from '../api/queue'
import { drift, isMirrored, placed, rowsThatFit, stageOf } from './layout'

const items = ['c', 'a', 'b'].map((id) => ({ id }) as Item)

describe('the list', () => {
  it('has as many readable rows as fit, from one to eight', () => {
    expect(rowsThatFit(540, 10.8)).toBe(6)
    expect(rowsThatFit(10, 10.8)).toBe(1)
    expect(rowsThatFit(5000, 10.8)).toBe(8)
  })

  it('has fewer rows on a phone, where they do not shrink with the page', () => {
    expect(rowsThatFit(205, 3.2)).toBe(5)
  })

  it('keeps the order of its elements when songs change places', () => {
    expect(placed(items, 3).map(({ item, place }) => [item.id, place])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 0],
    ])
    expect(placed(items.toReversed(), 3).map(({ item }) => item.id)).toEqual(['a', 'b', 'c'])
  })

  it('contains only the first songs', () => {
    expect(placed(items, 2).map(({ item }) => item.id)).toEqual(['a', 'c'])
  })
})

describe('the page', () => {
  const steps = Array.from({ length: 1000 }, (_, n) => drift(n * 10_000, 12))

  it('moves by at most two pixels at a time, in all directions', () => {
    for (const [n, { x, y }] of steps.entries()) {
      const before = steps[n - 1] ?? { x, y }
      expect(Math.abs(x - before.x)).toBeLessThanOrEqual(2)
      expect(Math.abs(y - before.y)).toBeLessThanOrEqual(2)
    }
    for (const axis of ['x', 'y'] as const) {
      const reached = steps.map((step) => step[axis])
      expect([Math.min(...reached), Math.max(...reached)]).toEqual([-12, 12])
    }
  })

  it('swaps its sides every twenty minutes', () => {
    expect([0, 19, 20, 39, 40].map((minutes) => isMirrored(minutes * 60_000))).toEqual([false, false, true, true, false])
  })
})

describe('the stage', () => {
  const open = { status: 'OPEN' }
  const known = { version: 1, items: [] }

  it('is loading until everything is loaded', () => {
    expect(stageOf(undefined, { song: null }, known)).toBe('loading')
    expect(stageOf(open, undefined, known)).toBe('loading')
    expect(stageOf(open, { song: null }, { version: null, items: [] })).toBe('loading')
  })

  it('is empty while nothing plays and no songs wait', () => {
    expect(stageOf(open, { song: null }, known)).toBe('empty')
    expect(stageOf(open, { song: {} }, known)).toBe('party')
    expect(stageOf(open, { song: null }, { version: 1, items })).toBe('party')
  })

  it('is closed once the room is closed, whatever else is loaded', () => {
    expect(stageOf({ status: 'CLOSED' }, undefined, known)).toBe('closed')
  })
})
