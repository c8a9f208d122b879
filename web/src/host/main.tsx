import './host.css'
import { Provider } from 'urql'
import { connect } from '../api/client'
import { Sessions } from '../api/session'
import { show } from '../ui/renderPage'
import { Door } from './Host'
import { arrivalFrom } from './signin/address'

const arrival = arrivalFrom(location.href)
history.replaceState(null, '', arrival.clean)
const sessions = new Sessions()
const api = connect(sessions)
void sessions.begin()

show(
  <Provider value={api.urql}>
    <Door api={api} arrival={arrival} />
  </Provider>,
)
