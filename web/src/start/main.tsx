import { Sessions } from '../api/session'
import { show } from '../ui/renderPage'
import { Start } from './Start'

show(<Start sessions={new Sessions()} />)
