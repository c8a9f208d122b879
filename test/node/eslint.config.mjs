// Lints schema.graphqls with the rules that graphql-eslint recommends for schemas, and those of Relay. `make lint` runs it.
import graphql from '@graphql-eslint/eslint-plugin'

const { configs } = graphql

export default [
  {
    files: ['*.graphqls'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphqls' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,
      // A description of one line has one pair of quotes, a longer one has three.
      '@graphql-eslint/description-style': 'off',
      // Values without an identity, such as a song's metadata or a page, must not have an id: caches would merge them.
      '@graphql-eslint/strict-id-in-types': 'off',
      // `id` would make caches merge the devices of two hosts, which can have the same id at Spotify.
      '@graphql-eslint/no-typename-prefix': 'off',
      // Spotify's search and its playlists can be read from the beginning only, so these lists have no last and before.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Connections have `nodes` beside `edges`; bounded lists are plain; plays and search results cannot be loaded by id.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
    },
  },
]
