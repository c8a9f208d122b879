import { type ComponentProps, type ComponentType, lazy, Suspense } from 'react'
import type { Qr } from './Qr'

type Props = ComponentProps<typeof Qr>

const Loaded = lazy(async () => ({ default: await loadQr() }))

/** Loads the QR code's component. Without a connection that may fail; then only the link beside it is shown. */
const loadQr = (): Promise<ComponentType<Props>> =>
  import('./Qr').then(
    (module) => module.Qr,
    () => () => null,
  )

/** A QR code that is loaded when it is shown, for pages that show other things first. */
export function LazyQr(props: Props) {
  const { size } = props
  return (
    <Suspense fallback={<svg width={size} height={size} aria-hidden="true" />}>
      <Loaded {...props} />
    </Suspense>
  )
}
