import type { createLocalStorage, Fetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import type { Login } from '../api/login'
import type { Sessions } from '../api/session'
import { type Store, useStore } from '../api/store'
import { Who } from './CurrentUser'

interface Props {
  fetcher: Fetcher
  storage: ReturnType<typeof createLocalStorage>
  tabs: { query: string; variables: string }[]
  sessions: Sessions
  notice: Store<string>
  login: Login
}

export function Page({ fetcher, storage, tabs, sessions, notice, login }: Props) {
  const told = useStore(notice)
  return (
    <>
      <header className="bar">
        <a href="/">antwon.dj</a>
        <h1>Playground</h1>
        <p role="status">{told}</p>
        <Who sessions={sessions} login={login} />
      </header>
      <main>
        <GraphiQL fetcher={fetcher} storage={storage} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  )
}
