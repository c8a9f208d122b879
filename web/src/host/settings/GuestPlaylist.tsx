import { useState } from 'react'
import { GuestPlaylistStateDocument } from '../../api/generated'
import { useQuery } from '../../api/useQuery'
import { useHostText } from '../text/text'
import type { RoomSettings } from '../types'
import { Button } from '../ui/Button'
import { OneOf } from '../ui/Choice'
import { PlaylistLink } from './Fallback'
import { Playlists } from './Playlists'
import type { Save } from './useSave'

interface Props {
  roomId: string
  settings: RoomSettings
  save: Save
}

/** The playlist from which guests may add songs, and whether they may add at all. */
export function GuestPlaylist({ roomId, settings, save }: Props) {
  const own = useHostText()
  const [choosing, setChoosing] = useState(false)
  const { guestPlaylistUri: uri, guestPlaylistUse } = settings
  const choose = (guestPlaylistUri: string) => save({ settings: { guestPlaylistUri } }, { invalid: own.settings.linkField })
  return (
    <div className="inset stack tight">
      <div>
        <span className="quiet">{own.rules.guestPlaylist}:</span> {uri === null ? own.rules.anySong : <PlaylistLink uri={uri} />}
      </div>
      {uri !== null && <Unreadable key={uri} roomId={roomId} />}
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

/** Says if the server cannot read the playlist: whether guests have its former songs or none, and what the host can do. */
function Unreadable({ roomId }: { roomId: string }) {
  const own = useHostText().rules
  const { data, failure } = useQuery(GuestPlaylistStateDocument, { roomId })
  const isGone = failure?.code === 'NOT_FOUND' || failure?.code === 'UPSTREAM_UNAVAILABLE'
  const problem = isGone ? own.guestPlaylistUnreadable : data?.playlistSongs.degraded && own.guestPlaylistOutdated
  return (
    <p role="status" className={problem ? 'error' : 'visually-hidden'}>
      {problem}
    </p>
  )
}
