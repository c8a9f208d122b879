import '../ui/light.css'
import './screen.css'
import './song.css'
import { show } from '../ui/show'
import { Boundary } from './Boundary'
import { Screen } from './Screen'

const code = decodeURIComponent(location.pathname.split('/')[2] ?? '').toUpperCase()
const wanted = new URLSearchParams(location.search).get('theme')

document.documentElement.dataset.theme = wanted === 'light' ? 'light' : 'dark'
show(
  <Boundary>
    <Screen code={code} />
  </Boundary>,
)
