import { type FormEvent, useState } from 'react'
import { useClient, useQuery } from 'urql'
import { failureOfUrql } from '../../api/errors'
import { PlaylistsDocument, type PlaylistsQuery } from '../../api/generated'
import { useText } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import { isPlaylist } from '../spotify/links'
import { useHostText, useSentence } from '../text/text'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'

type Playlist = NonNullable<PlaylistsQuery['viewer']>['playlists'][number]

const page = 20

/** Chooses one of the host's playlists, or any other by its link. */
export function Playlists({ take, onClose }: { take: (uri: string) => Promise<boolean>; onClose: () => void }) {
  const text = useText()
  const own = useHostText().settings
  const say = useSentence()
  const urql = useClient()
  const [{ data, error }] = useQuery({ query: PlaylistsDocument, variables: { limit: page, offset: 0 } })
  const [rest, setRest] = useState<readonly Playlist[]>([])
  const [end, setEnd] = useState(false)
  const first = data?.viewer?.playlists
  const failure = first ? undefined : failureOfUrql(error)
  const list = [...(first ?? []), ...rest]
  const more = !end && list.length > 0 && list.length % page === 0

  async function showMore() {
    const { data } = await urql.query(PlaylistsDocument, { limit: page, offset: list.length })
    const next = data?.viewer?.playlists ?? []
    setRest([...rest, ...next])
    setEnd(next.length < page)
  }

  return (
    <Dialog title={own.chooseHeading} onClose={onClose}>
      <p role="status" className={list.length > 0 ? 'spoken' : 'quiet'}>
        {failure ? say(failure) : !first ? text.loading : list.length === 0 && own.noPlaylists}
      </p>
      <ul className="choices">
        {list.map((playlist) => (
          <Line key={playlist.uri} playlist={playlist} onTake={() => void take(playlist.uri).then(onClose)} />
        ))}
      </ul>
      {more && (
        <div className="buttons">
          <Button onClick={() => void showMore()}>{own.more}</Button>
        </div>
      )}
      <LinkForm take={take} onClose={onClose} />
    </Dialog>
  )
}

function Line({ playlist, onTake }: { playlist: Playlist; onTake: () => void }) {
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
      <div className="song-words">
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
      <Button aria-label={own.take(name)} onClick={onTake}>
        {own.useLink}
      </Button>
    </li>
  )
}

function LinkForm({ take, onClose }: { take: (uri: string) => Promise<boolean>; onClose: () => void }) {
  const own = useHostText().settings
  const [link, setLink] = useState('')
  const [fault, setFault] = useState(false)
  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!isPlaylist(link)) return setFault(true)
    await take(link.trim())
    onClose() // what came of it is told outside
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
          aria-invalid={fault}
          aria-describedby="playlist-fault"
          value={link}
          onChange={(event) => setLink(event.target.value)}
        />
        <Button type="submit">{own.useLink}</Button>
      </div>
      <span id="playlist-fault" role="alert" className="bad">
        {fault && own.linkField}
      </span>
    </form>
  )
}
