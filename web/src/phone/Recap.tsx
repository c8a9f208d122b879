import { RecapDocument } from '../api/generated'
import { useQuery } from '../api/useQuery'
import { SongLine } from '../ui/SongLine'
import { Likes } from './Likes'
import { usePhoneText } from './text'

/** The guest's recap of a closed room. */
export function Recap({ roomId }: { roomId: string }) {
  const own = usePhoneText()
  const { data } = useQuery(RecapDocument, { roomId })
  const recap = data?.room?.recap
  if (!recap) return null
  return (
    <section className="card stack recap">
      <h2>{own.recap}</h2>
      <dl>
        <Figure count={recap.songsPlayed.length} label={own.recapPlayed} />
        <Figure count={recap.likesGot} label={own.recapGot} />
        <Figure count={recap.likesGiven} label={own.recapGiven} />
      </dl>
      <ol className="lines">
        {recap.songsPlayed.map(({ id, song, likeCount }) => (
          <li key={id}>
            <SongLine song={song}>
              <Likes count={likeCount} />
            </SongLine>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Figure({ count, label }: { count: number; label: (n: number) => string }) {
  return (
    <div>
      <dt>{label(count)}</dt>
      <dd>{count}</dd>
    </div>
  )
}
