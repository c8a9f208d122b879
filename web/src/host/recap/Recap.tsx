import { useState } from 'react'
import { type UseMutationState, useMutation } from 'urql'
import { failureOfUrql } from '../../api/errors'
import { ExportHistoryDocument, type ExportHistoryMutation } from '../../api/generated'
import { useText } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import { useHostText, useSentence } from '../text/text'
import { Button } from '../ui/Button'
import { History } from './History'
import { Log } from './Log'

/** What was, each in a place of its own: what played, who did what and, for the room's own host, the playlist of it. */
export function Evening({ roomId, isMine }: { roomId: string; isMine: boolean }) {
  const { sections, evening: own } = useHostText()
  const [open, setOpen] = useState<'history' | 'log'>()
  const [saving, save] = useMutation(ExportHistoryDocument)
  const close = () => setOpen(undefined)
  return (
    <section className="card stack" id="evening" aria-labelledby="evening-heading">
      <h2 id="evening-heading">{sections.evening}</h2>
      <div className="buttons">
        <Button aria-haspopup="dialog" onClick={() => setOpen('history')}>
          {own.history}
        </Button>
        <Button aria-haspopup="dialog" onClick={() => setOpen('log')}>
          {own.log}
        </Button>
        {isMine && (
          <Button busy={saving.fetching} aria-describedby="save-hint" onClick={() => void save({ roomId })}>
            {own.save}
          </Button>
        )}
      </div>
      {isMine && (
        <p id="save-hint" className="hint">
          {own.saveHint}
        </p>
      )}
      <Saved {...saving} />
      {open === 'history' && <History roomId={roomId} onClose={close} />}
      {open === 'log' && <Log roomId={roomId} onClose={close} />}
    </section>
  )
}

/** What came of saving, and the way to the playlist. */
function Saved({ fetching, data, error }: Pick<UseMutationState<ExportHistoryMutation>, 'fetching' | 'data' | 'error'>) {
  const text = useText()
  const own = useHostText().evening
  const say = useSentence()
  const failure = failureOfUrql(error)
  const playlist = data?.exportHistory
  return (
    <p role="status" className={failure ? 'bad' : playlist || fetching ? 'with-mark' : 'spoken'}>
      {fetching && own.saving}
      {failure && say(failure, own.failure)}
      {playlist && (
        <>
          <SpotifyMark />
          <span>
            {own.saved(playlist.songCount)}{' '}
            <a href={playlist.spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(playlist.name)}>
              {playlist.name}
            </a>
          </span>
        </>
      )}
    </p>
  )
}
