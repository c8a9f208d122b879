import { expect, it } from 'vitest'
import { bestGuess, narrow, unknown } from './clock.ts'

const skew = (asked: number, answered: number, header: string | null) => bestGuess(narrow(unknown, asked, answered, header))

const at = (time: string) => Date.parse(`2026-11-25T${time}Z`)
const date = 'Wed, 25 Nov 2026 20:00:10 GMT' // the server answered at some time of this second

it.each([
  ['the same time', '20:00:10.200', '20:00:10.300', 0],
  ['asked before the second and answered after it', '20:00:09.000', '20:00:12.000', 0],
  ['answered at its first moment', '20:00:09.900', '20:00:10.000', 0],
  ['asked at its last moment', '20:00:11.000', '20:00:11.100', 0],
  ['a clock that is slow', '20:00:04.000', '20:00:05.000', 5_000],
  ['a clock that is fast', '20:00:13.000', '20:00:14.000', -2_000],
  ['a slow clock and a slow answer', '20:00:00.000', '20:00:09.000', 1_000],
  ['another day', '20:00:10.500', '20:00:10.600', 86_399_400, 'Thu, 26 Nov 2026 20:00:10 GMT'],
])('%s', (_, asked, answered, behind, header = date) => {
  expect(skew(at(asked), at(answered), header)).toBe(behind)
})

it.each([null, '', 'yesterday'])('ignores an invalid header: %s', (header) => {
  expect(skew(at('20:00:00'), at('20:00:01'), header)).toBe(0)
})

it('a slow answer does not widen the bounds of a quick one', () => {
  const known = narrow(unknown, at('20:00:04.000'), at('20:00:04.100'), date)
  expect(bestGuess(narrow(known, at('20:00:05.000'), at('20:00:25.000'), 'Wed, 25 Nov 2026 20:00:12 GMT'))).toBe(bestGuess(known))
})

it('starts over when a clock has been set', () => {
  const known = narrow(unknown, at('20:00:04.000'), at('20:00:05.000'), date)
  expect(bestGuess(narrow(known, at('20:00:10.100'), at('20:00:10.200'), date))).toBe(0)
})
