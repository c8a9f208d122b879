import { useState } from 'react'
import { PlaylistsDocument } from '../../api/generated'
import { useQuery } from '../../api/useQuery'
import { useText } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import { pageOf } from '../spotify/links'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Playlists } from './Playlists'
import type { Save } from './useSave'

/** The source of fallback songs: a playlist, or songs similar to those before. */
export function Fallback({ uri, save }: { uri: string | null; save: Save }) {
  const own = useHostText().settings
  const [choosing, setChoosing] = useState(false)
  const choose = (fallbackPlaylistUri: string) => save({ settings: { fallbackPlaylistUri } }, { invalid: own.linkField })
  return (
    <div className="inset stack tight">
      <div>
        <span className="quiet">{own.source}:</span> {uri === null ? own.similar : <PlaylistLink uri={uri} />}
      </div>
      <div className="buttons">
        <Button onClick={() => setChoosing(true)}>{own.choose}</Button>
        {uri !== null && <Button onClick={() => void choose('')}>{own.noPlaylist}</Button>}
      </div>
      {choosing && <Playlists choose={choose} onClose={() => setChoosing(false)} />}
    </div>
  )
}

/** A link to the chosen playlist. Its name is known only if it is one of the host's own. */
export function PlaylistLink({ uri }: { uri: string }) {
  const text = useText()
  const own = useHostText().settings
  const { data } = useQuery(PlaylistsDocument, { first: 50 })
  const name = data?.viewer?.playlists.nodes.find((playlist) => playlist.uri === uri)?.name ?? own.playlist
  return (
    <span className="with-mark">
      <SpotifyMark />
      <a href={pageOf(uri)} target="_blank" rel="noreferrer" title={text.openInSpotify(name)}>
        {name}
      </a>
    </span>
  )
}
