// node judge.mjs SCHEMA < cases: prints for each of the cases, a JSON list of documents with variables, the error that
// graphql-js finds before it executes anything: a message, or null.
import { readFileSync } from 'node:fs'
import { buildSchema, getOperationAST, getVariableValues, parse, validate } from 'graphql'

const schema = buildSchema(readFileSync(process.argv[2], 'utf8'))

// The schema's own scalar, of which graphql-js knows nothing but the name.
for (const name of ['Time', 'DateTime']) {
  const scalar = schema.getType(name)
  if (!scalar) continue
  scalar.parseValue = (value) => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) return value
    throw new TypeError('not RFC 3339')
  }
  scalar.parseLiteral = (node) => scalar.parseValue(node.value)
}

function fault({ query, variables }) {
  try {
    const document = parse(query)
    const [invalid] = validate(schema, document)
    if (invalid) return invalid.message
    const { errors } = getVariableValues(schema, getOperationAST(document).variableDefinitions ?? [], variables)
    return errors?.[0].message ?? null
  } catch (error) {
    return error.message
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(fault)))
