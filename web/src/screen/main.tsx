import '../ui/light.css'
import './screen.css'
import './song.css'
import './beside.css'
import { codeIn } from '../api/code'
import { renderPage } from '../ui/renderPage'
import { Boundary } from './Boundary'
import { Screen } from './Screen'

const theme = new URLSearchParams(location.search).get('theme')

document.documentElement.dataset.theme = theme === 'light' ? 'light' : 'dark'
renderPage(
  <Boundary>
    <Screen code={codeIn(location.pathname)} />
  </Boundary>,
)
