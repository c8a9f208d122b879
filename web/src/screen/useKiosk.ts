import { useEffect } from 'react'

const still = 3_000 // milliseconds after which a pointer that does not move is hidden

/** What a page does that nobody sits at: it hides the pointer, and keeps the screen on where the browser lets it. */
export function useKiosk(): void {
  useEffect(hidePointer, [])
  useEffect(stayAwake, [])
}

function hidePointer(): () => void {
  const { dataset } = document.documentElement
  const hide = () => {
    dataset.pointer = 'hidden'
  }
  let timer = setTimeout(hide, still)
  const moved = () => {
    delete dataset.pointer
    clearTimeout(timer)
    timer = setTimeout(hide, still)
  }
  addEventListener('pointermove', moved, { passive: true })
  return () => {
    removeEventListener('pointermove', moved)
    clearTimeout(timer)
  }
}

/** A lock ends when the page is hidden, and exists only where the page came by https or from this machine. */
function stayAwake(): () => void {
  const request = () => {
    if (!document.hidden) void navigator.wakeLock?.request('screen').catch(() => {}) // a battery that is low, for one
  }
  request()
  document.addEventListener('visibilitychange', request)
  return () => document.removeEventListener('visibilitychange', request)
}
