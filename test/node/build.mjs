// node build.mjs SERVER: prepares what story/ needs, in build/: the set-ups of docs/api.md beside the packages that they import,
// and what Relay's compiler, graphql-codegen and TypeScript make of the schema that the server returns.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'

const [server] = process.argv.slice(2)
process.chdir(import.meta.dirname)
rmSync('build', { recursive: true, force: true })
mkdirSync('build/relay', { recursive: true })
cpSync('../../docs/clients', 'build/docs/clients', { recursive: true })
writeFileSync('build/schema.graphql', await (await fetch(`${server}/schema.graphql`)).text())

const run = (name, ...args) => execFileSync(`node_modules/.bin/${name}`, args, { stdio: ['ignore', 'inherit', 'inherit'] })
run('relay-compiler', 'relay.config.json')
writeFileSync('build/relay/package.json', '{ "type": "commonjs" }')
run('graphql-codegen', '--config', 'story/codegen.mjs')
run('tsc')
