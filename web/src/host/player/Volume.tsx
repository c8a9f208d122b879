import { useEffect, useEffectEvent, useState } from 'react'
import { SetVolumeDocument } from '../../api/generated'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { Playback } from '../types'
import { useMutate } from '../ui/useMutate'

const settleDelay = 300 // milliseconds without a movement of the slider, after which its volume is sent

interface Props {
  roomId: string
  device: Playback['device']
  notify: Notify
}

/** The volume of the device that plays. It is the device's, not the room's, so this shows it as it was last observed. */
export function Volume({ roomId, device, notify }: Props) {
  const own = useHostText().player
  const { mutate } = useMutate(notify)
  const [chosen, setChosen] = useState<number | null>(null) // until the player has answered
  const send = useEffectEvent(async (percent: number) => {
    const failure = { ...own.failure, CONFLICT: own.fixedVolume }
    await mutate(SetVolumeDocument, { roomId, percent }, { failure })
    setChosen((newest) => (newest === percent ? null : newest))
  })
  useEffect(() => {
    if (chosen === null) return
    const timer = setTimeout(() => void send(chosen), settleDelay)
    return () => clearTimeout(timer)
  }, [chosen])
  if (!device) return null
  if (!device.supportsVolume) return <p className="hint">{own.fixedVolume}</p>
  if (device.volumePercent === null) return null
  const percent = chosen ?? device.volumePercent
  return (
    <label className="volume">
      {own.volume}
      <input
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-valuetext={`${percent} %`}
        onChange={(event) => setChosen(Number(event.target.value))}
      />
    </label>
  )
}
