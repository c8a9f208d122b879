import { useState } from 'react'
import type { OrderMode } from '../../api/generated'
import { useText } from '../../text/text'
import { useHostText } from '../text/text'
import type { RoomSettings } from '../types'
import { Button } from '../ui/Button'
import { Group } from '../ui/Choice'
import { Dialog } from '../ui/Dialog'
import type { RulesMessages } from './messages'
import { Playlists } from './Playlists'
import { type Change, changesOf, ownPlaylist, type PresetName, presets } from './presets'
import type { Save } from './useSave'

interface Props {
  settings: RoomSettings
  save: Save
}

/** Presets: settings that go together, for kinds of parties. The changes are shown before a preset applies. */
export function Presets({ settings, save }: Props) {
  const own = useHostText().rules
  const [chosen, setChosen] = useState<PresetName | null>(null)
  const names = Object.keys(presets) as PresetName[]
  const current = names.find((name) => changesOf(settings, name).length === 0)
  return (
    <Group title={own.presets} summary={current ? own.presetNames[current].name : ''}>
      <p className="hint">{own.presetsHint}</p>
      <div className="buttons">
        {names.map((name) => (
          <Button key={name} onClick={() => setChosen(name)}>
            {own.presetNames[name].name}
          </Button>
        ))}
      </div>
      {chosen && <Preset name={chosen} settings={settings} save={save} onClose={() => setChosen(null)} />}
    </Group>
  )
}

/** What a preset is for and what it would change, and the button that applies it. */
function Preset({ name, settings, save, onClose }: Props & { name: PresetName; onClose: () => void }) {
  const text = useText()
  const own = useHostText()
  const changes = changesOf(settings, name)
  const [choosing, setChoosing] = useState(false)
  const needsPlaylist = presets[name].guestPlaylistUri === ownPlaylist
  const apply = (playlist: string | null) => {
    const guestPlaylistUri = needsPlaylist ? playlist : null
    return save({ settings: { ...presets[name], guestPlaylistUri } }, { invalid: own.settings.linkField })
  }
  const mustChoose = needsPlaylist && settings.guestPlaylistUri === null
  if (choosing) return <Playlists choose={apply} onClose={onClose} />
  const accept = () => {
    onClose()
    void apply(settings.guestPlaylistUri)
  }
  const buttons = (
    <>
      <Button onClick={onClose}>{text.cancel}</Button>
      {changes.length > 0 && (
        <Button variant="main" onClick={mustChoose ? () => setChoosing(true) : accept}>
          {mustChoose ? own.rules.applyWithPlaylist : own.rules.applyPreset}
        </Button>
      )}
    </>
  )
  return (
    <Dialog title={own.rules.presetNames[name].name} onClose={onClose} buttons={buttons}>
      <p>{own.rules.presetNames[name].hint}</p>
      {changes.length === 0 && <p className="quiet">{own.rules.presetApplies}</p>}
      <ul>
        {changes.map(({ name, from, to }) => (
          <li key={name}>
            {own.rules.presetChange(labelOf(name, own.rules), valueText(name, to, own.rules), valueText(name, from, own.rules))}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/** A setting's label, as in the rules. */
function labelOf(name: Change['name'], own: RulesMessages): string {
  const labels: Record<Change['name'], string> = {
    requestsOpen: own.requests,
    requireApproval: own.approval,
    orderMode: own.order,
    maxQueuedPerGuest: own.perGuest,
    addsPerHour: own.perHour,
    maxSongSeconds: own.length,
    cooldownMinutes: own.cooldown,
    allowExplicit: own.explicit,
    skipVotePercent: own.share,
    guestPlaylistUri: own.guestPlaylist,
    guestPlaylistUse: own.guestPlaylistLegend,
  }
  return labels[name]
}

/** A setting's value in words. */
function valueText(name: Change['name'], value: Change['from'], own: RulesMessages): string {
  if (name === 'guestPlaylistUri') return value === null ? own.anySong : own.ownPlaylist
  if (value === null) return own.any
  if (typeof value === 'boolean') return value ? own.yes : own.no
  if (value === 'ADD' || value === 'LIKE') return own.guestPlaylistUses[value].name
  if (typeof value === 'string') return own.orders[value as OrderMode].name
  if (name === 'skipVotePercent' && value === 0) return own.off
  if (name === 'maxSongSeconds') return `${Math.round(value / 0.6) / 100} ${own.minutes}`
  if (name === 'cooldownMinutes') return `${value} ${own.minutes}`
  return name === 'skipVotePercent' ? `${value} %` : `${value}`
}
