import { Sessions } from '../api/session'
import { show } from '../ui/show'
import { Start } from './Start'

show(<Start sessions={new Sessions()} />)
