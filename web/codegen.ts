import type { CodegenConfig } from '@graphql-codegen/cli'

const config = { scalars: { DateTime: 'string', ID: 'string' }, enumsAsTypes: true, useTypeImports: true, dedupeFragments: true }

const codegen: CodegenConfig = {
  schema: '../schema.graphqls',
  generates: {
    'src/api/generated.ts': {
      documents: 'src/**/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config,
    },
    '../packages/client/src/generated.ts': {
      documents: '../packages/client/src/operations.ts',
      plugins: ['typescript-operations'],
      config,
    },
  },
}
export default codegen
