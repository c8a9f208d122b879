import { expect, it } from 'vitest'
import { recapDe as de } from './de'
import { recapEn as en } from './en'
import { detailText, logSentence, splitPlaceholders } from './logSentence'

it.each([
  ['SKIPPED', 'HOST', '{actor} skipped {song}'],
  ['SKIPPED', 'VOTE', 'The guests voted {song} out, and {actor} cast the last vote'],
  ['GUEST_REMOVED', 'BANNED', '{actor} banned {subject}'],
  ['DANCED', null, 'Gina danced.'],
])('%s with %s', (kind, detail, want) => {
  expect(logSentence({ kind, detail, message: 'Gina danced.' }, en)).toBe(want)
})

it.each([
  ['SETTINGS', 'requestsOpen, blocked', 'whether guests can add songs, the blocked songs and artists'],
  ['SETTINGS', 'somethingNew', 'somethingNew'],
  ['ROLE', 'COHOST', 'co-host'],
  ['PINNED', '3', '3'],
])('the detail of %s with %s', (kind, detail, want) => {
  expect(detailText({ kind, detail }, en)).toBe(want)
})

it('has the same placeholders in both languages', () => {
  const placeholders = (sentence: string | undefined) =>
    splitPlaceholders(sentence ?? '')
      .flatMap(({ placeholder }) => placeholder ?? [])
      .sort()
  for (const kind of Object.keys(en.events)) expect(placeholders(de.events[kind]), kind).toEqual(placeholders(en.events[kind]))
})
