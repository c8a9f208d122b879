import type { Sessions, Store } from '@antwon/client'
import { useStore } from '@antwon/client/react'
import type { createLocalStorage, Fetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import type { Login } from '../api/login'
import { CurrentUser } from './CurrentUser'

interface Props {
  fetcher: Fetcher
  storage: ReturnType<typeof createLocalStorage>
  tabs: { query: string; variables: string }[]
  sessions: Sessions
  notice: Store<string>
  login: Login
}

/** The playground: GraphiQL below a bar with the current user. */
export function Page({ fetcher, storage, tabs, sessions, notice, login }: Props) {
  const message = useStore(notice)
  return (
    <>
      <header className="bar">
        <a href="/">antwon.dj</a>
        <h1>Playground</h1>
        <p role="status">{message}</p>
        <CurrentUser sessions={sessions} login={login} />
      </header>
      <main>
        <GraphiQL fetcher={fetcher} storage={storage} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  )
}
