import './phone.css'
import { Provider } from 'urql'
import { connect } from '../api/client'
import { Sessions } from '../api/session'
import { show } from '../ui/show'
import { Door } from './Door'

const [, , code = ''] = location.pathname.split('/')
const sessions = new Sessions()
const api = connect(sessions)
void sessions.begin()

show(
  <Provider value={api.urql}>
    <Door api={api} code={decodeURIComponent(code).toUpperCase()} />
  </Provider>,
)
