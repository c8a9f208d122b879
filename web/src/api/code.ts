/** The room's code in the address of one of its pages, /r/CODE and below, as it is spelled there if it cannot be read. */
export function codeIn(path: string): string {
  const [, , code = ''] = path.split('/')
  try {
    return decodeURIComponent(code).toUpperCase()
  } catch {
    return code
  }
}
