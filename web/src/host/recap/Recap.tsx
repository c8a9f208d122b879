import { useState } from 'react'
import { ExportHistoryDocument, type ExportHistoryMutation } from '../../api/generated'
import { type MutationState, useMutation } from '../../api/useMutation'
import { useText } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import { useFailureText, useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { History } from './History'
import { Log } from './Log'

/** Opens the history and the log of the room. The room's own host can also save the history as a playlist. */
export function Recap({ roomId, isMine }: { roomId: string; isMine: boolean }) {
  const { sections, recap: own } = useHostText()
  const [open, setOpen] = useState<'history' | 'log'>()
  const [saving, save] = useMutation(ExportHistoryDocument)
  const close = () => setOpen(undefined)
  return (
    <section className="card stack" id="recap" aria-labelledby="recap-heading">
      <h2 id="recap-heading">{sections.recap}</h2>
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

/** The outcome of saving, with a link to the playlist. */
function Saved({ fetching, data, failure }: MutationState<ExportHistoryMutation>) {
  const text = useText()
  const own = useHostText().recap
  const failureText = useFailureText()
  const playlist = data?.exportHistory
  return (
    <p role="status" className={failure ? 'error' : playlist || fetching ? 'with-mark' : 'visually-hidden'}>
      {fetching && own.saving}
      {failure && failureText(failure, own.failure)}
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
