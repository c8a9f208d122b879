import './phone.css'
import { Provider } from 'urql'
import { connect } from '../api/client'
import { codeIn } from '../api/code'
import { Sessions } from '../api/session'
import { show } from '../ui/renderPage'
import { Door } from './Phone'

const sessions = new Sessions()
const api = connect(sessions)
void sessions.begin()

show(
  <Provider value={api.urql}>
    <Door api={api} code={codeIn(location.pathname)} />
  </Provider>,
)
