import type { Client } from '@antwon/client'
import { createContext, useContext } from 'react'

export { connect } from '@antwon/client'

/** The connection to the server, which the page's root provides and useClient returns. */
export type Api = Client

const Context = createContext<Api | null>(null)

export const ClientProvider = Context.Provider

export function useClient(): Api {
  const client = useContext(Context)
  if (!client) throw new Error('there is no ClientProvider')
  return client
}
