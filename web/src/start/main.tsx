import { Sessions } from '../api/session'
import { renderPage } from '../ui/renderPage'
import { Start } from './Start'

renderPage(<Start sessions={new Sessions()} />)
