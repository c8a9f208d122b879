import type { CodegenPlugin } from '@graphql-codegen/plugin-helpers'
import { type ASTNode, concatAST, type FragmentDefinitionNode, Kind, print, stripIgnoredCharacters, visit } from 'graphql'

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** Writes each operation as a text, as the client sends it, with the types of its data and variables. */
export const operations: CodegenPlugin = {
  plugin: (_schema, files) => {
    const { definitions } = concatAST(files.flatMap(({ document }) => document ?? []))
    const fragments: Fragments = new Map(
      definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    )
    const lines = definitions.flatMap((node) => {
      if (node.kind !== Kind.OPERATION_DEFINITION || !node.name) return []
      const type = node.name.value + node.operation.replace(/^./, (first) => first.toUpperCase())
      const text = stripIgnoredCharacters([node, ...fragmentsOf(node, fragments)].map(print).join('\n'))
      return `export const ${node.name.value}Document = ${JSON.stringify(text)} as Operation<${type}, ${type}Variables>`
    })
    return { prepend: ["import type { Operation } from '@antwon/client'"], content: lines.join('\n') }
  },
}

/** The fragments that a node uses, also through other fragments. */
function fragmentsOf(node: ASTNode, all: Fragments, found = new Set<FragmentDefinitionNode>()): Set<FragmentDefinitionNode> {
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = all.get(name.value)
      if (!fragment || found.has(fragment)) return
      found.add(fragment)
      fragmentsOf(fragment, all, found)
    },
  })
  return found
}
