import { Sessions } from '@antwon/client'
import { server } from '../api/server'
import { renderPage } from '../ui/renderPage'
import { Start } from './Start'

renderPage(<Start sessions={new Sessions(server)} />)
