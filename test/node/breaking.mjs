// Compares schema.graphqls with the schema of the last release, released.graphqls. Fails if a change that breaks clients
// is not in the changelog: the changelog has to name the type and field, such as `Room.code`, below "Unreleased".
import { readFileSync } from 'node:fs'
import { buildSchema, findBreakingChanges } from 'graphql'

const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const [released, today] = ['released.graphqls', '../../schema.graphqls'].map((name) => buildSchema(read(name)))
const unreleased = read('../../CHANGELOG.md').split(/^## /m)[1]

const unnamed = findBreakingChanges(released, today).filter(({ description }) => {
  const names = description.match(/[A-Z]\w*(\.\w+)?/g) ?? []
  return !names.some((name) => unreleased.includes('`' + name + '`'))
})
for (const { type, description } of unnamed) console.error(`${type}: ${description}`)
if (unnamed.length > 0) {
  console.error('These changes break clients: undo them, or name them in CHANGELOG.md.')
  process.exit(1)
}
