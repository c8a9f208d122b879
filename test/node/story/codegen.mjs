// The types of the story's operations, for typed.ts.
export default {
  schema: 'build/schema.graphql',
  documents: 'story/story.graphql',
  generates: {
    'story/generated.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { scalars: { DateTime: 'string', ID: 'string' }, enumsAsTypes: true, useTypeImports: true },
    },
  },
}
