import { expect, test } from 'vitest'
import { isolateNames } from './isolateNames'

const texts = {
  plain: 'Removed',
  removed: (song: string) => `${song} by 3`,
  by: (artists: readonly string[]) => artists.join(', '),
  reasons: (likes: string) => ({ LIKES: `It has ${likes}` }),
  count: (n: number) => `${n} songs`,
}
const text = isolateNames(texts)

test('a name in Arabic or Hebrew is isolated within a sentence, and other texts are as they are', () => {
  expect(text.removed('שיר')).toBe('\u2068שיר\u2069 by 3')
  expect(text.by(['أغنية', 'Gina'])).toBe('\u2068أغنية\u2069, Gina')
  expect(text.reasons('שיר').LIKES).toBe('It has \u2068שיר\u2069')
  expect([text.plain, text.removed('Sommerlied'), text.count(2)]).toEqual(['Removed', 'Sommerlied by 3', '2 songs'])
  expect(isolateNames(texts)).toBe(text)
})
