import { ClientProvider } from '../api/client'
import { FullScreen } from './FullScreen'
import { Party } from './Party'
import { Loading, NoRoom } from './StatusPages'
import { useKiosk } from './useKiosk'
import { type ScreenState, useScreenState } from './useScreenState'

/** The room screen, for a television: shows the room with this code. */
export function Screen({ code }: { code: string }) {
  const [state, startOver] = useScreenState(code)
  useKiosk()
  return (
    <>
      <View state={state} code={code} startOver={startOver} />
      <FullScreen />
    </>
  )
}

function View({ state, code, startOver }: { state: ScreenState; code: string; startOver: () => void }) {
  if (state.kind === 'missing') return <NoRoom code={code} />
  if (state.kind === 'searching') return <Loading failure={state.failure} />
  return (
    <ClientProvider value={state.api}>
      <Party key={state.roomId} api={state.api} roomId={state.roomId} startOver={startOver} />
    </ClientProvider>
  )
}
