import { useEffect } from 'react'

const hideAfter = 3_000 // milliseconds without movement of the pointer

/** Hides an idle pointer, and keeps the screen awake. */
export function useKiosk(): void {
  useEffect(hidePointer, [])
  useEffect(() => ('wakeLock' in navigator ? lockAwake() : playSilence()), [])
}

function hidePointer(): () => void {
  const { dataset } = document.documentElement
  const hide = () => {
    dataset.pointer = 'hidden'
  }
  let timer = setTimeout(hide, hideAfter)
  const onMove = () => {
    delete dataset.pointer
    clearTimeout(timer)
    timer = setTimeout(hide, hideAfter)
  }
  addEventListener('pointermove', onMove, { passive: true })
  return () => {
    removeEventListener('pointermove', onMove)
    clearTimeout(timer)
  }
}

/** Requests a wake lock. It ends when the page is hidden, and needs a secure context. */
function lockAwake(): () => void {
  const request = () => {
    if (!document.hidden) void navigator.wakeLock?.request('screen').catch(() => {}) // refused on a low battery, for example
  }
  request()
  document.addEventListener('visibilitychange', request)
  return () => document.removeEventListener('visibilitychange', request)
}

const frameInterval = 5_000 // milliseconds

/**
 * Plays a dark, silent video behind the page: without https browsers have no wake lock, but none lets the screen sleep during a
 * video that is visible and large. It is drawn here, so nothing has to be loaded.
 */
function playSilence(): () => void {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (!context || !canvas.captureStream) return () => {}
  const draw = () => context.fillRect(0, 0, canvas.width, canvas.height)
  const video = document.createElement('video')
  Object.assign(video, { className: 'awake', muted: true, loop: true, playsInline: true, srcObject: canvas.captureStream(1) })
  video.setAttribute('aria-hidden', 'true')
  document.body.prepend(video)
  const play = () => {
    draw()
    if (video.paused && !document.hidden) void video.play().catch(() => {}) // where it is not allowed, the next attempt may be
  }
  play()
  const timer = setInterval(play, frameInterval)
  return () => {
    clearInterval(timer)
    video.remove()
  }
}
