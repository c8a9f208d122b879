// The operations of story.graphql, by name: each a document of its own with the fragments that it needs.
import { parse, separateOperations } from 'graphql'
import { readFileSync } from 'node:fs'

export const documents = separateOperations(parse(readFileSync(new URL('story.graphql', import.meta.url), 'utf8')))
