import { useState } from 'react'
import { useHostText } from '../text/text'
import type { RoomSettings } from '../types'
import { Button } from '../ui/Button'
import { OneOf } from '../ui/Choice'
import { PlaylistLink } from './Fallback'
import { Playlists } from './Playlists'
import type { Save } from './useSave'

/** The playlist from which guests may add songs, and whether they may add at all. */
export function GuestPlaylist({ settings, save }: { settings: RoomSettings; save: Save }) {
  const own = useHostText()
  const [choosing, setChoosing] = useState(false)
  const { guestPlaylistUri: uri, guestPlaylistUse } = settings
  const choose = (guestPlaylistUri: string) => save({ settings: { guestPlaylistUri } }, { invalid: own.settings.linkField })
  return (
    <div className="inset stack tight">
      <div>
        <span className="quiet">{own.rules.guestPlaylist}:</span> {uri === null ? own.rules.anySong : <PlaylistLink uri={uri} />}
      </div>
      <div className="buttons">
        <Button onClick={() => setChoosing(true)}>{own.rules.chooseGuestPlaylist}</Button>
        {uri !== null && <Button onClick={() => void choose('')}>{own.rules.allowAnySong}</Button>}
      </div>
      {uri !== null && (
        <OneOf
          name="guest-playlist"
          legend={own.rules.guestPlaylistLegend}
          options={own.rules.guestPlaylistUses}
          chosen={guestPlaylistUse}
          save={(guestPlaylistUse) => save({ settings: { guestPlaylistUse } })}
        />
      )}
      {choosing && <Playlists choose={choose} onClose={() => setChoosing(false)} />}
    </div>
  )
}
