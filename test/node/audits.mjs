// node audits.mjs URL: GraphQL over HTTP, checked by graphql-http's own audits. Less than "ok" is a failure for all of them.
import { auditServer } from 'graphql-http'

const results = await auditServer({ url: process.argv[2] })
const failed = results.filter((result) => result.status !== 'ok')
for (const { id, name, status, reason, response } of failed) {
  console.log(`${status} ${id} ${name}: ${reason} (HTTP ${response.status})`)
}
console.log(`${results.length - failed.length} of ${results.length}`)
process.exitCode = failed.length === 0 && results.length === 61 ? 0 : 1
