import { Sessions } from '@antwon/client'
import './host.css'
import { ClientProvider, connect } from '../api/client'
import { server } from '../api/server'
import { renderPage } from '../ui/renderPage'
import { Host } from './Host'
import { readAddress } from './signin/address'

const address = readAddress(location.href)
history.replaceState(history.state, '', address.clean)
const sessions = new Sessions(server)
const api = connect(sessions)
void sessions.load()

renderPage(
  <ClientProvider value={api}>
    <Host api={api} address={address} />
  </ClientProvider>,
)
