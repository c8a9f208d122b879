import type { ComponentProps } from 'react'

/** A button that keeps the focus while it is busy, unlike a disabled one. */
export function Button({
  busy = false,
  variant = '',
  onClick,
  ...rest
}: ComponentProps<'button'> & { busy?: boolean; variant?: string }) {
  return (
    <button
      type="button"
      {...rest}
      className={`button ${variant}`}
      aria-disabled={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    />
  )
}
