/** The texts of the start page. */
export interface StartMessages {
  joinTitle: string
  code: string
  codeHint: string
  join: string
  hostTitle: string
  hostText: string
  toHost: string
  yourRoom: (name: string) => string
}
