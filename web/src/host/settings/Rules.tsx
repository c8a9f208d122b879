import type { RoomSettingsInput } from '../../api/generated'
import { server } from '../../api/server'
import { useHostText } from '../text/text'
import type { RoomSettings } from '../types'
import { Check, Group, OneOf } from '../ui/Choice'
import { Amount, Field } from '../ui/Field'
import { Away } from './Away'
import { GuestPlaylist } from './GuestPlaylist'
import { nextTimeOfDay, timeOfDayAt } from './lastCall'
import type { Save } from './useSave'

interface Props {
  settings: RoomSettings
  save: Save
}

/** The settings for who may add songs, and until when. */
export function Adding({ roomId, settings, save }: Props & { roomId: string }) {
  const own = useHostText().rules
  const { requestsOpen, requireApproval, trustedAfter, requestsOpenAt, lastCallAt } = settings
  const summary = !requestsOpen ? own.nobody : requireApproval ? own.withApproval : own.everybody
  const now = server.clock.now()
  const isOver = lastCallAt !== null && Date.parse(lastCallAt) <= now
  const isOpened = requestsOpenAt !== null && Date.parse(requestsOpenAt) <= now
  return (
    <Group title={own.adding} summary={summary} open>
      <Check
        label={own.requests}
        hint={own.requestsHint}
        checked={requestsOpen}
        save={(requestsOpen) => save({ settings: { requestsOpen } })}
      />
      <GuestPlaylist roomId={roomId} settings={settings} save={save} />
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
            save={(trustedAfter, show) => save({ settings: { trustedAfter } }, { invalid: own.bounds(1, 100), show })}
          />
        </div>
      )}
      <Field
        type="time"
        label={own.opensAt}
        hint={isOpened ? own.opened : own.opensAtHint}
        none={own.never}
        value={requestsOpenAt ? timeOfDayAt(requestsOpenAt) : ''}
        save={(time, show) => save({ settings: { requestsOpenAt: nextTime(time) } }, { show })}
      />
      <Field
        type="time"
        label={own.lastCall}
        hint={isOver ? own.lastCallOver : own.lastCallHint}
        none={own.never}
        value={lastCallAt ? timeOfDayAt(lastCallAt) : ''}
        save={(time, show) => save({ settings: { lastCallAt: nextTime(time) } }, { show })}
      />
    </Group>
  )
}

/** The next moment with a time of day; null for none. */
const nextTime = (time: string) => (time ? nextTimeOfDay(time, server.clock.now()).toISOString() : null)

/** The setting for the order in which songs play. */
export function Order({ settings, save }: Props) {
  const own = useHostText().rules
  return (
    <Group title={own.order} summary={own.orders[settings.orderMode].name}>
      <OneOf
        name="order"
        legend={own.orderLegend}
        options={own.orders}
        chosen={settings.orderMode}
        save={(orderMode) => save({ settings: { orderMode } })}
      />
      <Away settings={settings} save={save} />
    </Group>
  )
}

/** The limits on songs and guests. */
export function Limits({ settings, save }: Props) {
  const own = useHostText().rules
  const { maxQueuedPerGuest, addsPerHour, maxSongSeconds, allowExplicit, cooldownMinutes, maxQueueLength } = settings
  const { likesAfterMinutes } = settings
  const limits = [maxQueuedPerGuest, addsPerHour, maxSongSeconds, allowExplicit ? null : true, likesAfterMinutes || null].filter(
    (limit) => limit !== null,
  )
  const saveWithin = (invalid: string) => (change: RoomSettingsInput, show: (message: string) => void) =>
    save({ settings: change }, { invalid, show })
  const saveCount = saveWithin(own.boundsOrNone(1, 500))
  return (
    <Group title={own.limits} summary={own.limitCount(limits.length)}>
      <Amount
        label={own.perGuest}
        hint={own.perGuestHint}
        none={own.any}
        value={maxQueuedPerGuest}
        save={(maxQueuedPerGuest, show) => saveCount({ maxQueuedPerGuest }, show)}
      />
      <Amount
        label={own.perHour}
        hint={own.perHourHint}
        none={own.any}
        value={addsPerHour}
        save={(addsPerHour, show) => saveCount({ addsPerHour }, show)}
      />
      <Amount
        label={own.likesAfter}
        hint={own.likesAfterHint}
        unit={own.minutes}
        value={likesAfterMinutes}
        save={(likesAfterMinutes, show) => saveWithin(own.bounds(0, 1440))({ likesAfterMinutes }, show)}
      />
      <Amount
        label={own.length}
        hint={own.lengthHint}
        unit={own.minutes}
        none={own.any}
        value={maxSongSeconds && Math.round(maxSongSeconds / 0.6) / 100}
        save={(minutes, show) => saveWithin(own.boundsOrNone(0.5, 1440))({ maxSongSeconds: Math.round(minutes * 60) }, show)}
      />
      <Amount
        label={own.cooldown}
        hint={own.cooldownHint}
        unit={own.minutes}
        value={cooldownMinutes}
        save={(cooldownMinutes, show) => saveWithin(own.bounds(0, 1440))({ cooldownMinutes }, show)}
      />
      <Amount
        label={own.queueLength}
        hint={own.queueLengthHint}
        value={maxQueueLength}
        save={(maxQueueLength, show) => saveWithin(own.bounds(1, 500))({ maxQueueLength }, show)}
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

const defaultShare = 50 // percent

/** The settings for skip votes and reactions: whether guests can vote, how many votes end a song, and what screens show. */
export function Votes({ settings, save }: Props) {
  const own = useHostText().rules
  const share = settings.skipVotePercent
  return (
    <Group title={own.votes} summary={share === 0 ? own.off : `${share} %`}>
      <Check
        label={own.vote}
        hint={own.voteHint}
        checked={share > 0}
        save={(on) => save({ settings: { skipVotePercent: on ? defaultShare : 0 } })}
      />
      {share > 0 && (
        <div className="inset">
          <Amount
            label={own.share}
            hint={own.shareHint}
            unit="%"
            value={share}
            save={(skipVotePercent, show) => save({ settings: { skipVotePercent } }, { invalid: own.bounds(0, 100), show })}
          />
        </div>
      )}
      <Check
        label={own.reactions}
        hint={own.reactionsHint}
        checked={settings.reactions}
        save={(reactions) => save({ settings: { reactions } })}
      />
    </Group>
  )
}
