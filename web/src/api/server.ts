import { type Answer, type PostOptions, Server } from '@antwon/client'
import { stringifyDocument, type TypedDocumentNode } from '@urql/core'

/** The server that served the page. */
export const server = new Server()

/** Sends an operation to it over HTTP, with the browser's cookies. */
export const post = <Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  options?: PostOptions,
): Promise<Answer<Data>> => server.post<Data, Variables>(stringifyDocument(document), variables, options)
