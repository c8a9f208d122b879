import '../ui/light.css'
import './screen.css'
import './song.css'
import { codeIn } from '../api/code'
import { show } from '../ui/renderPage'
import { Boundary } from './Boundary'
import { Screen } from './Screen'

const wanted = new URLSearchParams(location.search).get('theme')

document.documentElement.dataset.theme = wanted === 'light' ? 'light' : 'dark'
show(
  <Boundary>
    <Screen code={codeIn(location.pathname)} />
  </Boundary>,
)
