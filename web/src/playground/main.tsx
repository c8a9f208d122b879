import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './playground.css'
import { createLocalStorage } from '@graphiql/toolkit'
import { createRoot } from 'react-dom/client'
import { login } from '../api/login'
import { Sessions } from '../api/session'
import { Store } from '../api/store'
import { createFetcher } from './fetcher'
import { Page } from './Page'
import { fillIn, learn, type Words, whatIsMissing } from './placeholders'
import { storyFor } from './tabs'

//   /playground              the story of a party
//   /playground?code=ABCDE   that of a room's guests
const address = new URLSearchParams(location.search)
const code = (address.get('code') ?? '').toUpperCase()
const story = storyFor(code, login)

const sessions = new Sessions()
void sessions.begin()

// Every room has its own tabs, so that a new invitation does not open the old party.
const storage = createLocalStorage({ namespace: `antwon.playground.${code || '-'}` })
let words: Words = { ...JSON.parse(storage.getItem('words') ?? '{}'), ...(code && { ROOM_CODE: code }) }

const notice = new Store(address.get('login_error') ?? address.get('spotify_error') ?? '')

const fetcher = createFetcher({
  sessions,
  fillIn: (value) => fillIn(value, words),
  whatIsMissing: (value) => whatIsMissing(value, story),
  onAnswer(data) {
    words = learn(words, story, data)
    storage.setItem('words', JSON.stringify(words))
  },
  onNoSchema: () => notice.set('This server does not show its schema: all tabs work, without completion and documentation.'),
})

const tabs = story.map(({ query, variables }) => ({ query, variables: variables ? JSON.stringify(variables, null, 2) : '' }))
const [first] = tabs
// GraphiQL takes the tabs from defaultTabs, but what is in its editors from its storage.
if (first && !storage.getItem('graphiql:tabState')) {
  storage.setItem('graphiql:query', first.query)
  storage.setItem('graphiql:variables', first.variables)
}

const root = document.getElementById('root')
if (root) createRoot(root).render(<Page {...{ fetcher, storage, tabs, sessions, notice, login }} />)
