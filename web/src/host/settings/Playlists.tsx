import { type FormEvent, useState } from 'react'
import { useClient } from '../../api/client'
import { PlaylistsDocument, type PlaylistsQuery } from '../../api/generated'
import { useQuery } from '../../api/useQuery'
import { useText } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import { isPlaylist } from '../spotify/links'
import { useFailureText, useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'

type Playlist = NonNullable<PlaylistsQuery['viewer']>['playlists']['nodes'][number]

const pageSize = 20

interface Props {
  choose: (uri: string) => Promise<boolean>
  onClose: () => void
}

/**
 * Chooses one of the host's playlists, or any other playlist by its link. It closes before the server answers, because
 * the host may have opened another dialog by then; the outcome is shown outside of the dialog.
 */
export function Playlists({ choose, onClose }: Props) {
  const text = useText()
  const own = useHostText().settings
  const failureText = useFailureText()
  const client = useClient()
  const { data, failure: reported } = useQuery(PlaylistsDocument, { first: pageSize })
  const [rest, setRest] = useState<readonly Playlist[]>([])
  const [latest, setLatest] = useState<NonNullable<PlaylistsQuery['viewer']>['playlists']>()
  const first = data?.viewer?.playlists
  const failure = first ? undefined : reported
  const list = [...(first?.nodes ?? []), ...rest]
  const end = (latest ?? first)?.pageInfo

  function take(uri: string) {
    onClose()
    void choose(uri)
  }

  async function showMore() {
    const { data } = await client.request(PlaylistsDocument, { first: pageSize, after: end?.endCursor ?? null })
    const next = data?.viewer?.playlists
    if (!next) return
    setRest([...rest, ...next.nodes])
    setLatest(next)
  }

  return (
    <Dialog title={own.chooseHeading} onClose={onClose}>
      <p role="status" className={list.length > 0 ? 'visually-hidden' : 'quiet'}>
        {failure ? failureText(failure) : !first ? text.loading : list.length === 0 && own.noPlaylists}
      </p>
      <ul className="choices">
        {list.map((playlist) => (
          <Line key={playlist.uri} playlist={playlist} onChoose={() => take(playlist.uri)} />
        ))}
      </ul>
      {end?.hasNextPage && (
        <div className="buttons">
          <Button onClick={() => void showMore()}>{own.more}</Button>
        </div>
      )}
      <LinkForm choose={take} />
    </Dialog>
  )
}

function Line({ playlist, onChoose }: { playlist: Playlist; onChoose: () => void }) {
  const text = useText()
  const own = useHostText().settings
  const { name, imageUrl, songCount, spotifyUrl } = playlist
  return (
    <li className="song">
      {imageUrl ? (
        <img className="cover" src={imageUrl} alt="" width={56} height={56} loading="lazy" />
      ) : (
        <div className="cover" style={{ width: 56, height: 56 }} />
      )}
      <div className="song-details">
        <div className="song-name">
          <a href={spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(name)}>
            {name}
          </a>
        </div>
        <div className="song-line">
          <SpotifyMark />
          <span>{own.songs(songCount)}</span>
        </div>
      </div>
      <Button aria-label={own.choosePlaylist(name)} onClick={onChoose}>
        {own.choosePlaylistShort}
      </Button>
    </li>
  )
}

function LinkForm({ choose }: { choose: (uri: string) => void }) {
  const own = useHostText().settings
  const [link, setLink] = useState('')
  const [isInvalid, setInvalid] = useState(false)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (isPlaylist(link)) choose(link.trim())
    else setInvalid(true)
  }
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor="playlist-link">{own.link}</label>
      <div className="buttons tight">
        <input
          id="playlist-link"
          className="input"
          required
          autoComplete="off"
          aria-invalid={isInvalid}
          aria-describedby="playlist-error"
          value={link}
          onChange={(event) => setLink(event.target.value)}
        />
        <Button type="submit">{own.choosePlaylistShort}</Button>
      </div>
      <span id="playlist-error" role="alert" className="error">
        {isInvalid && own.linkField}
      </span>
    </form>
  )
}
