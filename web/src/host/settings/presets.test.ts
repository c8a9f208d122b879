import { expect, test } from 'vitest'
import { changesOf, type PresetName, presets } from './presets'

const names = Object.keys(presets) as PresetName[]

test.each(names)('%s changes nothing where it applies already', (name) => {
  expect(changesOf(presets[name], name)).toEqual([])
})

test('a preset says what it changes, and nothing else', () => {
  expect(changesOf({ ...presets.kids, allowExplicit: true, maxSongSeconds: null }, 'kids')).toEqual([
    { name: 'maxSongSeconds', from: null, to: 300 },
    { name: 'allowExplicit', from: true, to: false },
  ])
})

test.each(names)('%s differs from the other presets', (name) => {
  for (const other of names.filter((each) => each !== name)) expect(changesOf(presets[other], name), other).not.toEqual([])
})

test('every preset sets the same settings, so that none leaves something of another one behind', () => {
  for (const name of names) expect(Object.keys(presets[name]).sort()).toEqual(Object.keys(presets.party).sort())
})
