import { show } from '../ui/show'

show(<main />)
