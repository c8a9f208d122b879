import { useEffect, useState } from 'react'
import { usePageText } from '../text/text'
import { de } from './de'
import { en } from './en'

/** A button to fill the screen. It is there while the pointer moves, and where the browser can do it. */
export function FullScreen() {
  const own = usePageText({ en, de })
  const [isFull, setFull] = useState(() => document.fullscreenElement !== null)
  useEffect(() => {
    const onChange = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', onChange)
    return () => document.removeEventListener('fullscreenchange', onChange)
  }, [])
  if (isFull || !document.fullscreenEnabled) return null
  return (
    <button
      type="button"
      className="full-screen"
      onClick={() => void document.documentElement.requestFullscreen().catch(() => {})}
    >
      {own.fullScreen}
    </button>
  )
}
