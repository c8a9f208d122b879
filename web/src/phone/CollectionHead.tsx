import { useEffect, useRef } from 'react'
import { usePhoneText } from './text'
import type { Collection } from './useView'

/** The heading of an artist's or an album's songs, and the way back to what was shown before. */
export function CollectionHead({ of: { artist, album }, onBack }: { of: Collection; onBack: () => void }) {
  const own = usePhoneText()
  const heading = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves to each collection that is shown
  useEffect(() => heading.current?.focus({ preventScroll: true }), [artist, album])
  return (
    <div className="sheet-title">
      <button type="button" className="button plain" onClick={onBack}>
        {own.back}
      </button>
      <h2 ref={heading} tabIndex={-1}>
        {album === null ? own.songsBy(artist) : own.songsOn(album)}
      </h2>
      {album !== null && (
        <p className="quiet">
          <bdi>{artist}</bdi>
        </p>
      )}
    </div>
  )
}
