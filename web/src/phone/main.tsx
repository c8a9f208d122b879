import { Sessions } from '@antwon/client'
import './phone.css'
import './sheets.css'
import { ClientProvider, connect } from '../api/client'
import { codeIn } from '../api/code'
import { server } from '../api/server'
import { keepForOffline } from '../ui/offline'
import { renderPage } from '../ui/renderPage'
import { Phone } from './Phone'

const sessions = new Sessions(server)
const api = connect(sessions)
void sessions.load()

renderPage(
  <ClientProvider value={api}>
    <Phone api={api} code={codeIn(location.pathname)} />
  </ClientProvider>,
)
void keepForOffline()
