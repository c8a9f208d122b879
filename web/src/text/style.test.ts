import { describe, expect, it } from 'vitest'

// Every module with texts is found by its name, so that none is left out.
const modules = import.meta.glob<Record<string, unknown>>('../**/{en,de}.ts', { eager: true })
const paths = Object.keys(modules).sort()

/** The texts of a module, by their path, such as "en.failure.OFFLINE". A function has a text for each of its branches. */
type Texts = Map<string, Set<string>>

const samples: unknown[] = [0, 1, 2, 7.5, 'Sample', true, false, null, undefined, ['Sample']]
const rendered = /\b(undefined|null|true|false)\b/g // how a sample may appear in a text

/** All combinations of sample arguments for a function with n parameters. */
const argumentsFor = (n: number): unknown[][] =>
  n === 0 ? [[]] : argumentsFor(n - 1).flatMap((first) => samples.map((last) => [...first, last]))

function collect(value: unknown, path: string, texts: Texts): void {
  if (typeof value === 'string') {
    const text = value.replace(rendered, 'Sample')
    texts.set(path, (texts.get(path) ?? new Set()).add(text))
  } else if (typeof value === 'function') {
    for (const args of argumentsFor(value.length)) {
      try {
        collect(value(...args), path, texts)
      } catch {
        // samples of the wrong type; others are right
      }
    }
    expect(
      [...texts.keys()].filter((key) => key === path || key.startsWith(`${path}.`)),
      `${path} returned no text`,
    ).not.toEqual([])
  } else {
    expect(value, path).toBeTypeOf('object')
    for (const [key, each] of Object.entries(value as object)) collect(each, `${path}.${key}`, texts)
  }
}

function textsOf(path: string): Texts {
  const texts: Texts = new Map()
  for (const [name, value] of Object.entries(modules[path] ?? {})) collect(value, name, texts)
  return texts
}

/** What is wrong with the style of a text; undefined if nothing is. */
function fault(text: string): string | undefined {
  if (text.trim() !== text || text === '') return 'has space around it, or is empty'
  if (/[,;:]$/.test(text)) return 'ends in the middle of a sentence'
  const isSentence = /[.!?…]$/.test(text)
  if (isSentence && !/^[\p{Lu}\p{N}„“{]/u.test(text)) return 'is a sentence that starts with a small letter'
  if (!isSentence && /\p{L}{2}[.!?] \p{Lu}/u.test(text)) return 'has a sentence that is not closed'
  return undefined
}

const outdated = /\bfor ever\b| anew\b| no more\b/i

describe.each(paths)('%s', (path) => {
  const texts = textsOf(path)

  it('has labels without closing punctuation, and complete sentences', () => {
    const faults = [...texts].flatMap(([key, all]) => [...all].map((text) => fault(text) && `${key} ${fault(text)}: ${text}`))
    expect(faults.filter(Boolean)).toEqual([])
  })
})

describe.each(paths.filter((path) => path.endsWith('en.ts')))('%s', (path) => {
  const texts = textsOf(path)

  it('is in modern English', () => {
    const found = [...texts].filter(([, all]) => [...all].some((text) => outdated.test(text)))
    expect(found).toEqual([])
  })

  it('has the same texts in German', () => {
    const keys = (of: Texts) => [...of.keys()].map((key) => key.replace(/^(en|de)\.|(En|De)(?=\.)/, '')).sort()
    expect(keys(textsOf(path.replace(/en\.ts$/, 'de.ts')))).toEqual(keys(texts))
  })
})

it('checks every text', () => {
  expect(paths).toContain('../host/text/en.ts')
  expect(textsOf('./en.ts').get('en.addedBy')).toEqual(
    new Set(['fallback song', 'added by 1', 'added by 2', 'added by 7.5', 'added by Sample']),
  )
})

it.each([
  ['Added by Gina', undefined],
  ['added by Gina', undefined],
  ['Nothing is playing yet.', undefined],
  ['One moment…', undefined],
  ['nothing is playing yet.', 'is a sentence that starts with a small letter'],
  ['Nothing is playing yet. Add a song', 'has a sentence that is not closed'],
  ['Added last:', 'ends in the middle of a sentence'],
  [' Added', 'has space around it, or is empty'],
])('judges "%s"', (text, want) => {
  expect(fault(text)).toBe(want)
})
