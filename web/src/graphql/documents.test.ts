import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'

const schema = buildSchema(readFileSync(new URL('../../../schema.graphqls', import.meta.url), 'utf8'))

// The pages' own documents are checked when their types are generated. These are written in the tests, which have no such types.
const sources = import.meta.glob<string>(['../../test/*.ts', '../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

const looksLikeDocument = /^\s*(?:(?:query|mutation|subscription|fragment)\b\s*[\w({$]|\{\s*\w+\s*[({])/

interface Node {
  type?: string
  value?: unknown
  quasis?: { value: { cooked: string } }[]
}

/** The texts in a source that are GraphQL documents. One with a placeholder cannot be checked, so it is no valid document. */
function documentsIn(source: string): string[] {
  const found: string[] = []
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    const node = value as Node
    const text = node.type === 'TemplateLiteral' ? node.quasis?.map((part) => part.value.cooked).join('…') : node.value
    if (typeof text === 'string' && looksLikeDocument.test(text)) found.push(text)
    for (const child of Object.values(value)) visit(child)
  }
  visit(parseSync('source.ts', source).program)
  return found
}

function fault(document: string): string | undefined {
  try {
    return validate(schema, parse(document))[0]?.message
  } catch (error) {
    return String(error)
  }
}

const documents = Object.entries(sources).flatMap(([path, source]) => documentsIn(source).map((text) => [path, text] as const))

describe('the documents of the tests', () => {
  it.each(documents)('in %s: %s', (_, document) => {
    expect(fault(document)).toBeUndefined()
  })

  it('are found', () => {
    expect(documents.length).toBeGreaterThan(40)
    const source = 'query("query Q { a }", "queries", \'{"json": 1}\', `{ viewer { $?{fields} user } }`)'.replace('?', '')
    expect(documentsIn(source)).toEqual(['query Q { a }', '{ viewer { … user } }'])
    expect(fault('{ viewer { nothing } }')).toMatch('Cannot query field "nothing"')
  })
})
