import { expect, test } from 'vitest'
import { codeIn } from './code'

test.each([
  ['/r/PARTY', 'PARTY'],
  ['/r/party/screen', 'PARTY'],
  ['/r/A%20B', 'A B'],
  ['/r/%E0', '%E0'],
  ['/', ''],
])('the code in %s is %s', (path, code) => {
  expect(codeIn(path)).toBe(code)
})
