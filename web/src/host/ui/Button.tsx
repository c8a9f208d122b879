import type { ComponentProps } from 'react'

/** A button that keeps the focus while it is busy, unlike a disabled one. */
export function Button({
  busy = false,
  look = '',
  onClick,
  ...rest
}: ComponentProps<'button'> & { busy?: boolean; look?: string }) {
  return (
    <button
      type="button"
      {...rest}
      className={`button ${look}`}
      aria-disabled={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    />
  )
}
