import type { CodegenConfig } from '@graphql-codegen/cli'
import { operations } from './codegenOperations.ts'

const config = { scalars: { DateTime: 'string', ID: 'string' }, enumsAsTypes: true, useTypeImports: true, dedupeFragments: true }

const codegen: CodegenConfig = {
  schema: '../schema.graphqls',
  pluginLoader: async (name: string) => (name === 'operations' ? operations : import(name)),
  generates: {
    'src/api/generated.ts': {
      documents: 'src/**/*.graphql',
      plugins: ['typescript-operations', 'operations'],
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
