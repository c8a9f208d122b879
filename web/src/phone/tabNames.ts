/** The tabs of the phone page, in their order. */
export const tabs = ['queue', 'search', 'mine', 'history'] as const
export type Tab = (typeof tabs)[number]
