import { serverNow } from '../../api/clock'
import type { RoomSettingsInput } from '../../api/generated'
import type { LiveRoom } from '../room/Console'
import { useHostText } from '../text/text'
import { Check, Group, OneOf } from '../ui/Choice'
import { Amount, Field } from '../ui/Field'
import { clockAt, nextAt } from './lastCall'
import type { Save } from './useSave'

export type Settings = NonNullable<LiveRoom['settings']>

interface Props {
  settings: Settings
  save: Save
}

/** Who may add songs, and until when. */
export function Adding({ settings, save }: Props) {
  const own = useHostText().rules
  const { requestsOpen, requireApproval, trustedAfter, lastCallAt } = settings
  const brief = !requestsOpen ? own.nobody : requireApproval ? own.withApproval : own.everybody
  const isOver = lastCallAt !== null && Date.parse(lastCallAt) <= serverNow()
  return (
    <Group title={own.adding} brief={brief} open>
      <Check
        label={own.requests}
        hint={own.requestsHint}
        checked={requestsOpen}
        save={(requestsOpen) => save({ settings: { requestsOpen } })}
      />
      <Check
        label={own.approval}
        hint={own.approvalHint}
        checked={requireApproval}
        save={(requireApproval) => save({ settings: { requireApproval } })}
      />
      {requireApproval && (
        <div className="inset">
          <Amount
            label={own.trusted}
            hint={own.trustedHint}
            value={trustedAfter}
            save={(trustedAfter, show) => save({ settings: { trustedAfter } }, { fault: own.bounds(1, 100), show })}
          />
        </div>
      )}
      <Field
        type="time"
        label={own.lastCall}
        hint={isOver ? own.lastCallOver : own.lastCallHint}
        none={own.never}
        value={lastCallAt ? clockAt(lastCallAt) : ''}
        save={(time, show) =>
          save({ settings: { lastCallAt: (time && nextAt(time, serverNow()).toISOString()) || null } }, { show })
        }
      />
    </Group>
  )
}

/** In which order songs play. */
export function Order({ settings, save }: Props) {
  const own = useHostText().rules
  return (
    <Group title={own.order} brief={own.orders[settings.orderMode].name}>
      <OneOf
        name="order"
        legend={own.orderLegend}
        options={own.orders}
        chosen={settings.orderMode}
        save={(orderMode) => save({ settings: { orderMode } })}
      />
    </Group>
  )
}

/** How much, how long, how often. */
export function Limits({ settings, save }: Props) {
  const own = useHostText().rules
  const { maxQueuedPerGuest, addsPerHour, maxSongSeconds, allowExplicit, cooldownMinutes, maxQueueLength } = settings
  const count = [maxQueuedPerGuest, addsPerHour, maxSongSeconds, allowExplicit ? null : true].filter((limit) => limit !== null)
  const within = (fault: string) => (change: RoomSettingsInput, show: (why: string) => void) =>
    save({ settings: change }, { fault, show })
  const songs = within(own.boundsOrNone(1, 500))
  return (
    <Group title={own.limits} brief={own.limitCount(count.length)}>
      <Amount
        label={own.perGuest}
        hint={own.perGuestHint}
        none={own.any}
        value={maxQueuedPerGuest}
        save={(maxQueuedPerGuest, show) => songs({ maxQueuedPerGuest }, show)}
      />
      <Amount
        label={own.perHour}
        hint={own.perHourHint}
        none={own.any}
        value={addsPerHour}
        save={(addsPerHour, show) => songs({ addsPerHour }, show)}
      />
      <Amount
        label={own.length}
        hint={own.lengthHint}
        unit={own.minutes}
        none={own.any}
        value={maxSongSeconds && Math.round(maxSongSeconds / 0.6) / 100}
        save={(minutes, show) => within(own.boundsOrNone(0.5, 1440))({ maxSongSeconds: Math.round(minutes * 60) }, show)}
      />
      <Amount
        label={own.cooldown}
        hint={own.cooldownHint}
        unit={own.minutes}
        value={cooldownMinutes}
        save={(cooldownMinutes, show) => within(own.bounds(0, 1440))({ cooldownMinutes }, show)}
      />
      <Amount
        label={own.queueLength}
        hint={own.queueLengthHint}
        value={maxQueueLength}
        save={(maxQueueLength, show) => within(own.bounds(1, 500))({ maxQueueLength }, show)}
      />
      <Check
        label={own.explicit}
        hint={own.explicitHint}
        checked={allowExplicit}
        save={(allowExplicit) => save({ settings: { allowExplicit } })}
      />
    </Group>
  )
}

const usualShare = 50 // per cent

/** Whether the guests may end a song, and how many of them it takes. */
export function Votes({ settings, save }: Props) {
  const own = useHostText().rules
  const share = settings.skipVotePercent
  return (
    <Group title={own.votes} brief={share === 0 ? own.off : `${share} %`}>
      <Check
        label={own.vote}
        hint={own.voteHint}
        checked={share > 0}
        save={(on) => save({ settings: { skipVotePercent: on ? usualShare : 0 } })}
      />
      {share > 0 && (
        <div className="inset">
          <Amount
            label={own.share}
            hint={own.shareHint}
            unit="%"
            value={share}
            save={(skipVotePercent, show) => save({ settings: { skipVotePercent } }, { fault: own.bounds(0, 100), show })}
          />
        </div>
      )}
    </Group>
  )
}
