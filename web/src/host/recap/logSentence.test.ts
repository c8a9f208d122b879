import { expect, it } from 'vitest'
import { eveningDe as de } from './de'
import { eveningEn as en } from './en'
import { piecesOf, sentenceOf, whatOf } from './logSentence'

it.each([
  ['SKIPPED', 'HOST', '{who} skipped {song}'],
  ['SKIPPED', 'VOTE', 'The guests voted {song} away, last {who}'],
  ['LEFT_OUT', 'BANNED', '{who} removed {whom} for good'],
  ['DANCED', null, '{who}: {what} {song} {whom}'],
])('%s with %s', (kind, detail, want) => {
  expect(sentenceOf({ kind, detail }, en)).toBe(want)
})

it.each([
  ['SETTINGS', 'requestsOpen, blocked', 'whether guests may add songs, what is blocked'],
  ['SETTINGS', 'somethingNew', 'somethingNew'],
  ['ROLE', 'COHOST', 'co-host'],
  ['PINNED', '3', '3'],
  ['DANCED', 'wildly', 'DANCED wildly'],
])('what of %s with %s', (kind, detail, want) => {
  expect(whatOf({ kind, detail }, en)).toBe(want)
})

it('speaks of the same places in both languages', () => {
  const places = (sentence: string | undefined) =>
    piecesOf(sentence ?? '')
      .flatMap(({ place }) => place ?? [])
      .sort()
  for (const kind of Object.keys(en.deeds)) expect(places(de.deeds[kind]), kind).toEqual(places(en.deeds[kind]))
})
