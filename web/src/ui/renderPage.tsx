import './base.css'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Boundary } from './Boundary'

/** Renders a page into the document. */
export function renderPage(page: ReactNode): void {
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no root')
  createRoot(root).render(
    <StrictMode>
      <Boundary>{page}</Boundary>
    </StrictMode>,
  )
}
