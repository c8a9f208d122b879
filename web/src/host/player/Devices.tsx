import { DevicesDocument } from '../../api/generated'
import { useQuery } from '../../api/useQuery'
import { useText } from '../../text/text'
import { spotifyApp } from '../spotify/links'
import { useFailureText, useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import type { Player } from './usePlayer'

/** Chooses the device that plays. The list is loaded when the dialog opens and whenever the host refreshes it. */
export function Devices({ roomId, player, onClose }: { roomId: string; player: Player; onClose: () => void }) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const { data, failure, fetching, refetch } = useQuery(DevicesDocument, { roomId })
  const devices = failure ? undefined : data?.room?.devices
  const usable = devices?.some((device) => !device.isRestricted)
  const buttons = (
    <>
      <Button busy={fetching} onClick={refetch}>
        {own.player.refresh}
      </Button>
      <Button onClick={onClose}>{own.close}</Button>
    </>
  )
  return (
    <Dialog title={own.player.chooseHeading} onClose={onClose} buttons={buttons}>
      <p role="status" className={fetching || failure || devices?.length === 0 ? 'quiet' : 'visually-hidden'}>
        {fetching ? text.loading : failure ? failureText(failure) : devices?.length === 0 && own.player.noDevices}
      </p>
      <ul className="choices">
        {devices?.map((device) => (
          <li key={device.deviceId}>
            <button
              type="button"
              className="choice"
              disabled={device.isRestricted}
              aria-current={device.isActive || undefined}
              onClick={() => {
                onClose()
                if (!device.isActive) player.transfer(device.deviceId)
              }}
            >
              <span>
                <strong>{device.name}</strong> <span className="quiet">{device.type}</span>
              </span>
              {device.isActive && <span className="badge">{own.player.active}</span>}
              {device.isRestricted && <span className="badge">{own.player.restricted}</span>}
            </button>
          </li>
        ))}
      </ul>
      {devices && !usable && (
        <a className="button" href={spotifyApp} target="_blank" rel="noreferrer">
          {own.player.openSpotify}
        </a>
      )}
    </Dialog>
  )
}
