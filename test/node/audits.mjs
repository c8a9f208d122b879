// node audits.mjs URL: checks GraphQL over HTTP with graphql-http's own audits. An audit with any result but "ok" has failed.
import { auditServer } from 'graphql-http'

const results = await auditServer({ url: process.argv[2] })
const failed = results.filter((result) => result.status !== 'ok')
for (const { id, name, status, reason, response } of failed) {
  console.log(`${status} ${id} ${name}: ${reason} (HTTP ${response.status})`)
}
console.log(`${results.length - failed.length} of ${results.length}`)
process.exitCode = failed.length === 0 && results.length === 61 ? 0 : 1
