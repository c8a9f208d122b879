import { useHostText } from '../text/text'
import type { RoomSettings } from '../types'
import { Amount } from '../ui/Field'
import type { Save } from './useSave'

/** How long a guest is absent before their songs wait. */
export function Away({ settings, save }: { settings: RoomSettings; save: Save }) {
  const own = useHostText().rules
  return (
    <Amount
      label={own.away}
      hint={own.awayHint}
      unit={own.minutes}
      none={own.never}
      value={settings.awayAfterMinutes}
      save={(awayAfterMinutes, show) => save({ settings: { awayAfterMinutes } }, { invalid: own.boundsOrNone(1, 1440), show })}
    />
  )
}
