import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { devServer, pagesAtTheirAddresses } from './devServer.ts'

const pages = ['index', 'room', 'screen', 'host', 'playground']

export default defineConfig({
  appType: 'mpa', // an unknown address is no page
  resolve: { tsconfigPaths: true }, // the client's sources
  plugins: [react(), pagesAtTheirAddresses],
  server: devServer,
  optimizeDeps: {
    // GraphiQL's workers are loaded as they are, but some of what these import is CommonJS.
    exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'],
    include: ['monaco-graphql > graphql-language-service', 'monaco-graphql > picomatch-browser'],
  },
  build: {
    target: ['es2020', 'chrome87', 'safari14'],
    rolldownOptions: {
      input: pages.map((page) => `${page}.html`),
      checks: { moduleLevelDirective: false }, // GraphiQL's files have directives that a bundler ignores
    },
    chunkSizeWarningLimit: 10_000, // GraphiQL's editor is large; web_test.go checks the sizes of the pages
    reportCompressedSize: false,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts', '../packages/client/{src,test}/**/*.test.ts'], reporters: ['dot'] },
})
