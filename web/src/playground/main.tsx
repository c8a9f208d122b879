import { Sessions, Store } from '@antwon/client'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './playground.css'
import { createLocalStorage } from '@graphiql/toolkit'
import { createRoot } from 'react-dom/client'
import { login } from '../api/login'
import { server } from '../api/server'
import { createFetcher } from './fetcher'
import { Page } from './Page'
import { fillIn, learn, missingPlaceholder, type Placeholders } from './placeholders'
import { tabsFor } from './tabs'

//   /playground              all tabs, from signing in as a host to the end of a party
//   /playground?code=ABCDE   the tabs for a guest of this room
const address = new URLSearchParams(location.search)
const code = (address.get('code') ?? '').toUpperCase()
const tabs = tabsFor(code, login)

const sessions = new Sessions(server)
void sessions.load()

// Every room has its own storage, so that a new invitation does not open the tabs of an old party.
const storage = createLocalStorage({ namespace: `antwon.playground.${code || '-'}` })
let placeholders: Placeholders = { ...JSON.parse(storage.getItem('words') ?? '{}'), ...(code && { ROOM_CODE: code }) }

const notice = new Store(address.get('login_error') ?? address.get('spotify_error') ?? '')

const fetcher = createFetcher({
  sessions,
  fillIn: (value) => fillIn(value, placeholders),
  missingPlaceholder: (value) => missingPlaceholder(value, tabs),
  onAnswer(data) {
    placeholders = learn(placeholders, tabs, data)
    storage.setItem('words', JSON.stringify(placeholders))
  },
  onNoSchema: () =>
    notice.set('This server does not publish its schema. All tabs work, but without completion and documentation.'),
})

const defaultTabs = tabs.map(({ query, variables }) => ({
  query,
  variables: variables ? JSON.stringify(variables, null, 2) : '',
}))
const [first] = defaultTabs
// GraphiQL reads the tabs from defaultTabs, but the text of its editors from its storage.
if (first && !storage.getItem('graphiql:tabState')) {
  storage.setItem('graphiql:query', first.query)
  storage.setItem('graphiql:variables', first.variables)
}

const root = document.getElementById('root')
if (root) createRoot(root).render(<Page {...{ fetcher, storage, tabs: defaultTabs, sessions, notice, login }} />)
