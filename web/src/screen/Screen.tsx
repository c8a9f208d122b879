import { Provider } from 'urql'
import { Party } from './Party'
import { Looking, Missing } from './StatusPages'
import { useKiosk } from './useKiosk'
import { useWatching } from './useScreenState'

/** The room screen: what a television shows of the room with this code. */
export function Screen({ code }: { code: string }) {
  const [watching, startOver] = useWatching(code)
  useKiosk()
  if (watching.state === 'missing') return <Missing code={code} />
  if (watching.state === 'looking') return <Looking failure={watching.failure} />
  return (
    <Provider value={watching.api.urql}>
      <Party key={watching.roomId} api={watching.api} roomId={watching.roomId} startOver={startOver} />
    </Provider>
  )
}
