import { useEffect } from 'react'

const hideAfter = 3_000 // milliseconds without movement of the pointer

/** Hides an idle pointer, and keeps the screen awake if the browser allows it. */
export function useKiosk(): void {
  useEffect(hidePointer, [])
  useEffect(stayAwake, [])
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
function stayAwake(): () => void {
  const request = () => {
    if (!document.hidden) void navigator.wakeLock?.request('screen').catch(() => {}) // refused on a low battery, for example
  }
  request()
  document.addEventListener('visibilitychange', request)
  return () => document.removeEventListener('visibilitychange', request)
}
